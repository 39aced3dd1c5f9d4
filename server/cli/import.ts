import { createReadStream, statSync } from 'node:fs';
import { once } from 'node:events';
import { EXIT, StageflowError } from '@stageflow/engine/kernel';
import { openDeskToFill, type PlaceOptions } from './desk/desk.ts';

/** A bundle's bytes, once it is known that they can be read; `-` is stdin. */
async function bytesOf(file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === '-') return process.stdin;
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new StageflowError('file_not_found', { path: file });
  if (found.isDirectory()) throw new StageflowError('bundle_refused', { reason: `${file} is a folder` });
  const stream = createReadStream(file);
  try {
    await once(stream, 'open');
  } catch (cause) {
    throw new StageflowError('file_unreadable', { path: file, reason: (cause as Error).message }, { cause });
  }
  return stream;
}

/**
 * `./stageflow import FILE`: takes in a job that `export` wrote, into the data folder of this machine, its live engine or a server. Everything
 * in it is checked against its hashes; nothing of it stays when something is wrong.
 */
export async function importCommand(
  file: string,
  options: PlaceOptions & { readonly json?: boolean },
): Promise<number> {
  const bytes = await bytesOf(file);
  const desk = await openDeskToFill(options);
  try {
    const id = await desk.take(bytes);
    const { state } = await desk.show(id);
    if (options.json === true) process.stdout.write(`${JSON.stringify({ id, state }, null, 2)}\n`);
    else {
      const there = options.remote === undefined ? '' : ` --remote ${options.remote}`;
      process.stdout.write(
        `${id} (${state}) is in ${desk.place}. Look at it with: ./stageflow jobs show ${id}${there}\n`,
      );
    }
    return EXIT.pass;
  } finally {
    await desk.close();
  }
}
