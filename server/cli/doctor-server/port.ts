import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { defaultDataFolder, liveEngine } from '@stageflow/engine';
import type { Check, CheckResult } from '@stageflow/engine/preflight';
import { readConfig } from '../../config-env.ts';
import { assertSafeBinding } from '../../listen/safe-binding.ts';

/** The address on which the server is to listen: allowed by its settings, and free. */
export const port: Check = {
  id: 'port',
  title: 'Address to listen on',
  async run() {
    const { config } = readConfig(process.env, (path) => readFileSync(path, 'utf8'));
    assertSafeBinding(config);
    return portResult(config, await failureOf(config), liveEngine(defaultDataFolder()) !== null);
  },
};

/** Why nobody can listen there; null when one can. */
async function failureOf({
  host,
  port: number,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<string | null> {
  const server = createServer();
  server.listen(number, host);
  try {
    await once(server, 'listening');
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  } finally {
    server.close();
  }
}

/** Judges a try to listen; `live` when an engine has this data folder, which may be the server itself. */
export function portResult(
  { host, port: number }: { readonly host: string; readonly port: number },
  failure: string | null,
  live: boolean,
): CheckResult {
  const where = `${host}:${number}`;
  if (failure === null) return { status: 'ok', detail: `${where} is free.`, fix: null };
  if (failure === 'EADDRINUSE' && live)
    return { status: 'ok', detail: `${where} is taken, and an engine of this data folder runs.`, fix: null };
  if (failure === 'EADDRINUSE')
    return {
      status: 'broken',
      detail: `Another program listens on ${where}.`,
      fix: 'STAGEFLOW_PORT=7071 ./stageflow server',
    };
  if (failure === 'EACCES')
    return {
      status: 'broken',
      detail: `This account may not listen on ${where}; take a port from 1024 on, behind a proxy.`,
      fix: null,
    };
  return { status: 'broken', detail: `Nobody can listen on ${where} (${failure}).`, fix: null };
}
