import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { isErrorCode } from '@stageflow/engine/kernel';
import { measured } from './judge.ts';
import { archiveVerdict } from '../../../scanners/runtime/extractor/verdict.ts';

const Verdicts = z.object({
  files: z.array(
    z.object({
      file: z.string(),
      sha256: z.string(),
      verdict: z.enum(['refuse', 'accept', 'contain']),
      origin: z.string(),
    }),
  ),
});

const corpora = process.env.STAGEFLOW_CORPORA;
const folder = corpora === undefined ? null : join(corpora, 'zips');
const verdicts = folder !== null && existsSync(join(folder, 'verdicts.json')) ? join(folder, 'verdicts.json') : null;

if (folder === null || verdicts === null) {
  test.skip('the archives of STAGEFLOW_CORPORA/zips get their verdicts (skipped: no such folder here)', () => {});
} else {
  const { files } = Verdicts.parse(JSON.parse(readFileSync(verdicts, 'utf8')));

  test.each(files)('$origin: $verdict $file', async ({ file, sha256, verdict }) => {
    const path = join(folder, file);
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(sha256);
    const { result: judged, work } = await measured(() => archiveVerdict(path));
    expect(work).toBeLessThan(500);
    if (verdict !== 'contain') expect(judged.verdict).toBe(verdict);
    if (judged.verdict === 'refuse') expect(isErrorCode(judged.code ?? '')).toBe(true);
  });
}
