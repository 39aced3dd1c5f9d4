import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ARCHIVES, siteArchive } from './build.ts';

describe('the archives of the test sites', () => {
  it.each(ARCHIVES)(
    '$file is what its sources give (repair: node test/sites/build.ts)',
    async ({ file, site, variant }) => {
      const committed = readFileSync(join(import.meta.dirname, file));
      expect(committed.equals(await siteArchive(site, variant))).toBe(true);
    },
  );
});
