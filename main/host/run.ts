/**
 * Engine host: the process in which the engine and its app run, apart from the window and from main.
 * Enters: requests through the bridge, and the word to leave. Leaves: answers, and lines for a person. It opens no port; when main dies its
 * channel ends and so does it.
 */
import { defaultDataFolder } from '@stageflow/engine';
import { asStageflowError, createLog, type LogLevel, systemClock } from '@stageflow/engine/kernel';
import { answerThrough } from '../bridge/answer.ts';
import { openHostedApp } from './open.ts';
import { parentPort } from './parent-port.ts';
import type { FromHost, ToHost } from './messages.ts';

const GONE = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

const port = parentPort();
const tell = (message: FromHost) => port.post(message);
const log = createLog((process.env['STAGEFLOW_LOG'] ?? 'info') as LogLevel, (line) =>
  process.stderr.write(`${line}\n`),
);

/** Ends with the sentence that a person is shown. */
function unable(thrown: unknown): never {
  const { code, message } = asStageflowError(thrown);
  log.error('the engine cannot go on', { code, reason: message });
  tell({ kind: 'unable', code, sentence: message });
  process.exit(1);
}

process.on('uncaughtException', unable);
process.on('unhandledRejection', unable);

const app = await openHostedApp({
  folder: defaultDataFolder(),
  clock: systemClock,
  say: (line) => tell({ kind: 'said', line }),
  log,
  onLost: (reason) => unable(new Error(reason)),
}).catch(unable);

let leaving = false;
/** Whoever asks twice does not want to wait. */
async function leave(graceSeconds: number): Promise<void> {
  if (leaving) process.exit(0);
  leaving = true;
  await app.close(graceSeconds);
  process.exit(0);
}

answerThrough(port, async (request) => {
  try {
    return await app.fetch(request);
  } catch (error) {
    // The engine that we borrowed has ended: the next host starts its own.
    if (app.borrowed && GONE.has((error as NodeJS.ErrnoException).code ?? '')) process.exit(0);
    throw error;
  }
});
port.listen((message) => {
  const { kind, graceSeconds } = message as ToHost;
  if (kind === 'leave') void leave(graceSeconds);
});
process.on('SIGTERM', () => void leave(0));
tell({ kind: 'ready', borrowed: app.borrowed });
