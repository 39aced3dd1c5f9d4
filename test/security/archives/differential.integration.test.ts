import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCEPTED } from './accepted.ts';
import { READERS } from './readers.ts';
import { has, ours } from './tree.ts';
import { zip } from './zip-writer.ts';

let home: string;
beforeAll(() => (home = mkdtempSync(join(tmpdir(), 'stageflow-readers-'))));
afterAll(() => rmSync(home, { recursive: true }));

/** Every archive that must be accepted and has something to compare, and one in which names and forms are mixed. */
const ARCHIVES: readonly (readonly [what: string, archive: Buffer])[] = [
  ...ACCEPTED.filter(([, , parts]) => parts.length > 0).map(
    ([, what, parts, frame]) => [what, zip(parts, frame)] as const,
  ),
  [
    'mixed forms',
    zip([
      { name: 'index.html', data: 'home', descriptor: 'signed' },
      { name: 'a/' },
      { name: 'a/\u00e9.css', data: 'p{}', flags: 0x800 },
      { name: 'stored', data: 'x'.repeat(999), method: 0 },
    ]),
  ],
  ['names of the old DOS encoding', zip([{ name: Buffer.from([0x82, 0x61]), data: 'cp437' }])],
];

describe('Z19 our tree is that of other readers', () => {
  for (const { tool, name, differs, read } of READERS) {
    test.skipIf(!has(tool))(
      `Z19 ${name} reads the same names and contents in every accepted archive (skipped where ${tool} is missing)`,
      async () => {
        const file = join(home, 'differential.zip');
        for (const [what, archive] of ARCHIVES.filter(([what]) => differs[what] === undefined)) {
          writeFileSync(file, archive);
          expect.soft(await ours(archive), what).toEqual(read(file, home));
        }
      },
    );
  }
});
