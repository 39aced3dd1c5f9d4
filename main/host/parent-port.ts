import type { ParentPort } from 'electron';
import type { Port } from '../bridge/port.ts';

/** The channel to main, in the process that main forked. It has no end to wait for: Electron ends this process together with main. */
export function parentPort(): Port {
  const { parentPort: parent } = process as { parentPort?: ParentPort };
  if (parent === undefined) throw new Error('the engine host was not started by the desktop app');
  return {
    post: (message) => parent.postMessage(message),
    listen: (receive) => {
      const onMessage = ({ data }: { readonly data: unknown }) => receive(data);
      parent.on('message', onMessage);
      return () => void parent.off('message', onMessage);
    },
    onEnd: () => () => {},
  };
}
