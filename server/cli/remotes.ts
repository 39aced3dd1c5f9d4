import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StageflowError } from '@stageflow/engine/kernel';
import { z } from 'zod';

/** A server on another machine. */
export interface Remote {
  /** Its address, without a path. */
  readonly url: string;
  /** Null when none is known; public addresses need none. */
  readonly token: string | null;
}

const Remotes = z.record(z.string(), z.object({ url: z.string(), token: z.string().nullable() }));
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

const place = (folder: string) => join(folder, 'remotes.json');

/** The remotes of a data folder, by name. */
export function readRemotes(folder: string): Readonly<Record<string, Remote>> {
  try {
    return Remotes.parse(JSON.parse(readFileSync(place(folder), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new StageflowError(
      'bad_option',
      { option: place(folder), value: 'its text', reason: 'it is damaged; remove it and add the remotes again' },
      { cause: error },
    );
  }
}

/** Stores the remotes; their tokens are for this user alone, so the file is 0600 from its first byte. */
export function writeRemotes(folder: string, remotes: Readonly<Record<string, Remote>>): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const arriving = `${place(folder)}.${process.pid}`;
  writeFileSync(arriving, `${JSON.stringify(remotes, null, 2)}\n`, { mode: 0o600 });
  renameSync(arriving, place(folder));
}

/** A name for a remote; `bad_option` when it would not do. */
export function readName(name: string): string {
  if (NAME.test(name)) return name;
  throw new StageflowError('bad_option', {
    option: 'NAME',
    value: name,
    reason: 'a remote is named with small letters, digits and dashes',
  });
}

/** An address of a server; http:// only on this machine, since the token would be read on the way. */
export function readServerUrl(text: string): string {
  const bad = (reason: string) => new StageflowError('bad_option', { option: '--remote', value: text, reason });
  if (!URL.canParse(text)) throw bad('it is neither the name of a remote nor an address');
  const { protocol, hostname, origin, username } = new URL(text);
  if (username !== '') throw bad('a token does not belong into the address; set STAGEFLOW_TOKEN');
  const own = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && own)) throw bad('it must begin with https://');
  return origin;
}

/** The remote that a person means by a name or an address. STAGEFLOW_TOKEN goes before a stored token. */
export function namedRemote(text: string, folder: string, env: NodeJS.ProcessEnv): Remote {
  const remotes = readRemotes(folder);
  const given = env.STAGEFLOW_TOKEN || null;
  const stored = Object.hasOwn(remotes, text) ? remotes[text] : undefined;
  if (stored) return { url: stored.url, token: given ?? stored.token };
  if (NAME.test(text)) {
    const known = Object.keys(remotes).join(', ') || 'none yet';
    throw new StageflowError('remote_unknown', { remote: text, known });
  }
  const url = readServerUrl(text);
  const same = Object.values(remotes).find((remote) => remote.url === url);
  return { url, token: given ?? same?.token ?? null };
}
