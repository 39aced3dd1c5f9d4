import { createWriteStream, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeFolder, refusalOfFolder } from '@stageflow/engine';
import { EXIT, StageflowError } from '@stageflow/engine/kernel';
import { openDesk, type PlaceOptions } from './desk/desk.ts';

/** `./stageflow export ID`: the job as one file that another engine can take in. The file appears when it is whole. */
export async function exportCommand(
  jobId: string,
  options: PlaceOptions & { readonly output?: string },
): Promise<number> {
  const file = resolve(options.output ?? `stageflow-${jobId}.tar`);
  const unfinished = `${file}.unfinished`;
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new StageflowError('bad_option', { option: '--output', value: file, reason: 'it is a folder; name a file' });
  const desk = await openDesk(options);
  try {
    makeFolder(dirname(file));
    await pipeline(desk.bundle(jobId), createWriteStream(unfinished, { mode: 0o600, flush: true }));
    await rename(unfinished, file);
  } catch (thrown) {
    await rm(unfinished, { force: true });
    throw refusalOfFolder('--output', file, thrown);
  } finally {
    await desk.close();
  }
  process.stdout.write(`${jobId} is in ${file}\n`);
  return EXIT.pass;
}
