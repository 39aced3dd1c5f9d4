import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildCache } from '@stageflow/engine/report';
import * as electron from 'electron';
import { hasTray } from './tray/there.ts';
import { startDesktop } from './start.ts';

const beside = (name: string) => join(import.meta.dirname, name);

/** Packaged, the preload lies beside this file; in a clone it is built on each start, which takes a tenth of a second. */
async function preload(): Promise<string> {
  const built = beside('preload.cjs');
  if (existsSync(built)) return built;
  const { buildPreload } = await import('./build.ts');
  return buildPreload(join(buildCache(), 'desktop'));
}

// Not awaited: Electron is ready only after this file was read to its end, and the app waits for that.
void startDesktop(
  electron,
  { preload, host: beside('host/index.ts'), hasTray: () => hasTray(process.platform) },
  process.argv.slice(electron.app.isPackaged ? 1 : 2),
);
