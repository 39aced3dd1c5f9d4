import { readFileSync } from 'node:fs';
import { defaultDataFolder } from '@stageflow/engine';
import { EXIT, StageflowError } from '@stageflow/engine/kernel';
import { ask, textOf } from './desk/api.ts';
import { remoteApi } from './desk/remote-api.ts';
import { readName, readRemotes, readServerUrl, writeRemotes } from './remotes.ts';
import { table } from './table.ts';

/** The token for a new remote: of a file (`-` is stdin), else of STAGEFLOW_TOKEN. Never an argument: those can be seen by others. */
function readToken(file: string | undefined): string {
  if (file === undefined && process.env.STAGEFLOW_TOKEN) return process.env.STAGEFLOW_TOKEN;
  if (file === undefined)
    throw new StageflowError('usage', {
      problem: 'No token was given: set STAGEFLOW_TOKEN, or name a file with --token-file.',
    });
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8').trim();
  } catch (cause) {
    throw new StageflowError('file_not_found', { path: file }, { cause });
  }
}

/** `./stageflow remote add`: asks the server who the token is before anything is kept. */
export async function addRemote(name: string, url: string, options: { readonly tokenFile?: string }): Promise<number> {
  const folder = defaultDataFolder();
  const remote = { url: readServerUrl(url), token: readToken(options.tokenFile) };
  const key = readName(name);
  const session = JSON.parse(await textOf(await ask(remoteApi(remote), 'GET', '/api/v1/session'))) as {
    tenant: string;
    scopes: string[];
  };
  writeRemotes(folder, { ...readRemotes(folder), [key]: remote });
  process.stdout.write(
    `${key} is ${remote.url}, as ${session.tenant} (${session.scopes.join(', ')}). Try: ./stageflow jobs --remote ${key}\n`,
  );
  return EXIT.pass;
}

/** `./stageflow remote list`: names and addresses, never tokens. */
export function listRemotes(options: { readonly json?: boolean }): number {
  const rows = Object.entries(readRemotes(defaultDataFolder())).map(([name, { url }]) => ({ name, url }));
  if (options.json === true) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else if (rows.length === 0)
    process.stdout.write('No remotes yet. Add one with: ./stageflow remote add NAME https://…\n');
  else
    process.stdout.write(
      table(
        ['name', 'address'],
        rows.map(({ name, url }) => [name, url]),
      ),
    );
  return EXIT.pass;
}

/** `./stageflow remote rm`. */
export function removeRemote(name: string): number {
  const folder = defaultDataFolder();
  const { [name]: gone, ...rest } = readRemotes(folder);
  if (!gone)
    throw new StageflowError('remote_unknown', { remote: name, known: Object.keys(rest).join(', ') || 'none yet' });
  writeRemotes(folder, rest);
  process.stdout.write(`${name} is forgotten, and its token with it.\n`);
  return EXIT.pass;
}
