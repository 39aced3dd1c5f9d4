import type { Electron } from './electron.ts';
import type { HostProcess } from './keeper/keep.ts';

/** Starts the engine's process. Its words go where `onLine` says, since a desktop app has no terminal. */
export function hostSpawner(
  { utilityProcess }: Pick<Electron, 'utilityProcess'>,
  entry: string,
  write: (chunk: string) => void,
): () => HostProcess {
  return () => {
    const child = utilityProcess.fork(entry, [], { serviceName: 'Stageflow engine', stdio: 'pipe' });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => write(chunk.toString()));
    let isGone = false;
    child.once('exit', () => {
      isGone = true;
    });
    return {
      port: {
        post: (message) => {
          if (!isGone) child.postMessage(message);
        },
        listen: (receive) => {
          child.on('message', receive);
          return () => void child.off('message', receive);
        },
        onEnd: (ended) => {
          child.once('exit', ended);
          return () => void child.off('exit', ended);
        },
      },
      onExit: (exited) => void child.once('exit', exited),
      kill: () => void child.kill(),
    };
  };
}
