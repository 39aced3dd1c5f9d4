import { useEffect, useState } from 'react';
import type { CallAnswer, Desktop } from '../../main/ipc/contract.ts';
import { askDesktop } from './desktop.ts';

type Sync = CallAnswer<'sync.read'>;

/** The object store of the desktop app and the uploads to it, as they go on; null until it is known. */
export function useSync(desktop: Desktop): Sync | null {
  const [sync, setSync] = useState<Sync | null>(null);
  useEffect(() => {
    let isOver = false;
    const stop = desktop.on('sync', setSync);
    askDesktop(desktop, 'sync.read', {}).then(
      (found) => {
        if (!isOver) setSync((told) => told ?? found);
      },
      () => {},
    );
    return () => {
      isOver = true;
      stop();
    };
  }, [desktop]);
  return sync;
}
