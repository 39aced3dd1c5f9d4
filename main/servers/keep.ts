import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { StageflowError } from '@stageflow/engine/kernel';
import { z } from 'zod';
import type { Answer, Api } from '../../server/cli/desk/api.ts';
import { readName, readServerUrl, type Remote } from '../../server/cli/remotes.ts';
import { OWNER_BASE } from '../../server/local/dial.ts';
import { problemIn } from '../../server/read-problem.ts';
import type { Vault } from './vault.ts';

/** A server as it is kept: its token as only the system's vault can read it. */
const Kept = z.array(z.object({ name: z.string(), url: z.string(), token: z.string() }));

/** A server as the window is told of it. */
export interface KnownServer {
  readonly name: string;
  readonly url: string;
}

/** Servers to which reports can be moved. */
export interface Servers {
  list(): Promise<KnownServer[]>;
  /** Keeps a server once the person agreed and the server has taken the token. Refusals: `bad_option`, `no_vault`, `cancelled`, and what the server says. */
  add(given: { readonly name: string; readonly url: string; readonly token: string }): Promise<KnownServer[]>;
  remove(name: string): Promise<KnownServer[]>;
  /** A server with its token; refused (`remote_unknown`, `no_vault`). */
  known(name: string): Promise<Remote>;
  /** Moves a job that has ended to a server, under the same id with its history and files, each checked there by its hash. Gives the job's address there. */
  send(jobId: string, name: string): Promise<string>;
  /** A link of a server to a job that is there, or is moved there first; it shows the redacted report, and can be taken back there. */
  share(jobId: string, name: string, days: number): Promise<{ readonly url: string; readonly expiresAt: string }>;
}

const ADDRESS = `http://localhost${OWNER_BASE}/desktop/servers`;
const Link = z.object({ url: z.string(), expiresAt: z.string() });
const OVER = new Set(['DONE', 'FAILED']);

/** Opens the list, which is kept in the ledger by way of the engine. */
export function openServers(options: {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly vault: Vault;
  /** Whether the person wants this server to be trusted with reports. */
  readonly agrees: (url: string) => Promise<boolean>;
  readonly api: (remote: Remote) => Api;
}): Servers {
  const { fetch, vault, agrees, api } = options;
  const read = async () => {
    const kept = Kept.safeParse(await (await fetch(new Request(ADDRESS))).json());
    return kept.success ? kept.data : [];
  };
  const write = async (servers: z.infer<typeof Kept>) => {
    const answer = await fetch(new Request(ADDRESS, { method: 'PUT', body: JSON.stringify(servers) }));
    await answer.body?.cancel();
    if (!answer.ok) throw new StageflowError('engine_away');
    return servers.map(({ name, url }) => ({ name, url }));
  };
  const known = async (name: string): Promise<Remote> => {
    const server = (await read()).find((one) => one.name === name);
    if (server !== undefined) return { url: server.url, token: vault.open(server.token) };
    throw new StageflowError('remote_unknown', { remote: name, known: 'those in the settings' });
  };
  const send = async (jobId: string, remote: Remote): Promise<void> => {
    const job = await fetch(new Request(`http://localhost/api/v1/jobs/${jobId}`));
    if (!job.ok) throw new StageflowError('job_not_found', { jobId });
    const { state } = z.object({ state: z.string() }).parse(await job.json());
    if (!OVER.has(state)) throw new StageflowError('conflict', { jobId, state, action: 'moving it' });
    const bundle = await fetch(new Request(`http://localhost${OWNER_BASE}/jobs/${jobId}/bundle`));
    if (!bundle.ok || bundle.body === null) throw new StageflowError('engine_away');
    const bytes = Readable.fromWeb(bundle.body);
    try {
      const headers = { 'content-type': 'application/x-tar', 'idempotency-key': randomUUID() };
      await textOf(await api(remote)('POST', '/api/v1/jobs/import', undefined, { headers, stream: bytes }));
    } finally {
      // A server that refuses does so before it has all of it.
      bytes.destroy();
    }
  };
  return {
    known,
    list: async () => (await read()).map(({ name, url }) => ({ name, url })),
    add: async ({ name: text, url: address, token }) => {
      const name = readName(text);
      const url = readServerUrl(address);
      const locked = vault.lock(token);
      if (!(await agrees(url))) throw new StageflowError('cancelled');
      await textOf(await api({ url, token })('GET', '/api/v1/session'));
      const others = (await read()).filter((server) => server.name !== name);
      return write([...others, { name, url, token: locked }]);
    },
    remove: async (name) => write((await read()).filter((server) => server.name !== name)),
    send: async (jobId, name) => {
      const remote = await known(name);
      await send(jobId, remote);
      return `${remote.url}/scan/${jobId}/report`;
    },
    share: async (jobId, name, days) => {
      const remote = await known(name);
      await send(jobId, remote).catch((error: unknown) => {
        // It was moved there before.
        if (!(error instanceof StageflowError && error.code === 'job_exists')) throw error;
      });
      const text = await textOf(
        await api(remote)('POST', `/api/v1/jobs/${jobId}/shares`, { kind: 'link', expiresInDays: days }),
      );
      const { url, expiresAt } = Link.parse(JSON.parse(text));
      return { url: new URL(url, remote.url).href, expiresAt };
    },
  };
}

/** What a server answered; its refusal in its own words. */
async function textOf({ status, body }: Answer): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  if (status < 400) return text;
  throw (
    problemIn(text) ?? new StageflowError('remote_unreachable', { url: 'it', reason: `it answered with ${status}` })
  );
}
