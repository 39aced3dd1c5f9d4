import { useEffect, useState } from 'react';
import { pathOf, type ReportHost } from './host.ts';
import { useModel } from './model.ts';

/** What became of a drawing's data. */
export type Drawing<T> = { readonly state: 'loading' | 'none' } | { readonly state: 'ready'; readonly data: T };

/** Documents that were loaded, by host and key: what was seen once is drawn at once, on paper too, where nothing can be waited for. */
const loaded = new WeakMap<ReportHost, Map<string, unknown>>();

function drawingOf<T>(data: T | null): Drawing<T> {
  return data === null ? { state: 'none' } : { state: 'ready', data };
}

/** Loads the JSON document under a key and reads it; null when there is no such key. What does not read as one is none. */
export function useDrawing<T>(key: string | null, read: (value: unknown) => T | null): Drawing<T> {
  const { host } = useModel();
  const [drawing, setDrawing] = useState<Drawing<T>>(() => {
    if (key === null) return { state: 'none' };
    const known = loaded.get(host);
    return known?.has(key) ? drawingOf(read(known.get(key))) : { state: 'loading' };
  });
  useEffect(() => {
    if (key === null || loaded.get(host)?.has(key)) return;
    let wanted = true;
    host
      .document(pathOf(key))
      .catch(() => null)
      .then((document) => {
        loaded.set(host, (loaded.get(host) ?? new Map<string, unknown>()).set(key, document));
        if (wanted) setDrawing(drawingOf(read(document)));
      });
    return () => {
      wanted = false;
    };
  }, [host, key, read]);
  return drawing;
}
