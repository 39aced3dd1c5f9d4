import { useEffect } from 'react';
import { useApp } from '../store.ts';

/** What modules are called, by id; one that is not known (any more) keeps its id. */
export function useScannerTitles(): (id: string) => string {
  const titles = useApp((state) => state.scannerTitles);
  const loadScanners = useApp((state) => state.loadScanners);
  useEffect(() => {
    const stop = new AbortController();
    // Without titles there are still the ids.
    loadScanners(stop.signal).catch(() => {});
    return () => stop.abort();
  }, [loadScanners]);
  return (id) => titles.get(id) ?? id.replaceAll('-', ' ');
}
