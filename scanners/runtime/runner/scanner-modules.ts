import { readFile } from 'node:fs/promises';
import { StageflowError } from '@stageflow/engine/kernel';
import { Manifest, type RunnerAssignment, type Scanner } from '@stageflow/engine/sdk';

/** A scanner of this job, loaded. */
export interface LoadedScanner {
  readonly id: string;
  readonly manifest: Manifest;
  readonly scanner: Scanner;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Loads the scanners of an assignment from `scanners/<id>/`, which lies two folders up here and in the image alike. */
export async function loadScanners(wanted: RunnerAssignment['scanners']): Promise<ReadonlyMap<string, LoadedScanner>> {
  const loaded = await Promise.all(
    wanted.map(async ({ id, options }): Promise<LoadedScanner | null> => {
      const folder = new URL(`../../${id}/`, import.meta.url);
      try {
        const manifest = Manifest.parse(JSON.parse(await readFile(new URL('manifest.json', folder), 'utf8')));
        if (manifest.runtime.kind !== 'module') return null;
        const { default: scanner } = (await import(new URL('index.ts', folder).href)) as { default: Scanner };
        return { id, manifest, scanner, options };
      } catch (cause) {
        throw new StageflowError(
          'internal',
          { reason: `the scanner ${id} cannot be loaded: ${(cause as Error).message}` },
          { cause },
        );
      }
    }),
  );
  return new Map(loaded.filter((one) => one !== null).map((one) => [one.id, one]));
}
