import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as electron from 'electron';
import { startDesktop } from './start.ts';

// Packaged and run from `dist`, both lie beside this file, built; from the sources, the engine's process runs as it is.
const beside = (name: string) => join(import.meta.dirname, name);
const host = existsSync(beside('host.js')) ? beside('host.js') : beside('host/index.ts');

await startDesktop(
  electron,
  { preload: beside('preload.cjs'), host },
  process.argv.slice(electron.app.isPackaged ? 1 : 2),
);
