import { useEffect, useState } from 'react';
import { pathOf } from './host.ts';
import { useModel } from './model.ts';

/** What became of a drawing's data. */
export type Drawing<T> = { readonly state: 'loading' | 'none' } | { readonly state: 'ready'; readonly data: T };

/** Loads the JSON document under a key and reads it; null when there is no such key. What does not read as one is none. */
export function useDrawing<T>(key: string | null, read: (value: unknown) => T | null): Drawing<T> {
  const { host } = useModel();
  const [drawing, setDrawing] = useState<Drawing<T>>({ state: key === null ? 'none' : 'loading' });
  useEffect(() => {
    if (key === null) return;
    let wanted = true;
    host
      .document(pathOf(key))
      .then(read, () => null)
      .then((data) => {
        if (wanted) setDrawing(data === null ? { state: 'none' } : { state: 'ready', data });
      });
    return () => {
      wanted = false;
    };
  }, [host, key, read]);
  return drawing;
}
