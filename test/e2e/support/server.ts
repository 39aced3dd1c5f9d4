import { type CliRun, startCli } from '../cli.ts';

/** The real command on a port of its own. */
export interface Server {
  readonly run: CliRun;
  readonly origin: string;
}

/** Starts the server in a data folder; resolves when it listens. */
export async function startServer(home: string, env: Record<string, string> = {}): Promise<Server> {
  const run = startCli(['server'], { home, env: { STAGEFLOW_PORT: '0', STAGEFLOW_LOG: 'debug', ...env } });
  const line = await run.line(/^Stageflow listens on /);
  return { run, origin: /http:\/\/\S+/.exec(line)?.[0] ?? '' };
}
