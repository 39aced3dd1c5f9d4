import { call } from '../../api/call.ts';
import type { Scanner } from '../../api/schema.ts';
import type { Slice } from '../store.ts';

/** The modules that this server can run: they do not change while it runs. */
export interface ScannersSlice {
  /** Title by id; empty until they came. */
  readonly scannerTitles: ReadonlyMap<string, string>;
  /** All modules; asked for once. */
  loadScanners(signal: AbortSignal): Promise<readonly Scanner[]>;
}

export const createScanners: Slice<ScannersSlice> = (set) => {
  let known: readonly Scanner[] | null = null;
  return {
    scannerTitles: new Map(),
    async loadScanners(signal) {
      if (known !== null) return known;
      const { scanners } = await call('GET /api/v1/scanners', { signal });
      known = scanners;
      set({ scannerTitles: new Map(scanners.map(({ id, title }) => [id, title])) });
      return scanners;
    },
  };
};
