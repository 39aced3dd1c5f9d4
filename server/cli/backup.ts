import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { backUp, defaultDataFolder, restore } from '@stageflow/engine';
import { EXIT, StageflowError, systemClock } from '@stageflow/engine/kernel';
import { storeAt } from './store.ts';

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** `./stageflow backup -o FOLDER`: ledger and objects, while an engine lives or not. */
export async function backupCommand(options: { readonly output: string; readonly json?: boolean }): Promise<number> {
  const folder = defaultDataFolder();
  const ledger = join(folder, 'ledger.db');
  if (!existsSync(ledger)) throw new StageflowError('nothing_to_back_up', { path: folder });
  const to = resolve(options.output);
  const manifest = await backUp({ ledger, store: storeAt(join(folder, 'store')), to, clock: systemClock });
  const bytes = manifest.objects.reduce((sum, { size }) => sum + size, manifest.ledger.size);
  if (options.json === true) process.stdout.write(`${JSON.stringify({ folder: to, ...manifest }, null, 2)}\n`);
  const [first] = manifest.missing;
  if (first !== undefined)
    throw new StageflowError('backup_incomplete', { path: to, count: manifest.missing.length, first });
  if (options.json !== true)
    process.stdout.write(
      `${manifest.jobs} jobs and ${manifest.objects.length} objects (${mebibytes(bytes)}) are in ${to}. Login details are not. Bring it back with: ./stageflow restore ${to}\n`,
    );
  return EXIT.pass;
}

/** `./stageflow restore FOLDER`: every hash is checked before anything is touched. */
export async function restoreCommand(from: string, options: { readonly force?: boolean }): Promise<number> {
  const root = defaultDataFolder();
  const { manifest, before } = await restore({
    from: resolve(from),
    root,
    force: options.force === true,
    storeAt,
    clock: systemClock,
  });
  if (before !== null)
    process.stdout.write(`What was there before is in ${before}; remove it when it is not needed any more.\n`);
  process.stdout.write(`${manifest.jobs} jobs are back in ${root}. Look at them with: ./stageflow jobs\n`);
  return EXIT.pass;
}
