/** The app from a clone: Electron's own program runs the sources as they are; only the preload is built, on each start, which takes a tenth of a second. */
import { join } from 'node:path';
import { buildCache } from '@stageflow/engine/report';
import * as electron from 'electron';
import { buildPreload } from './build.ts';
import { hasTray } from './tray/there.ts';
import { systemPrograms } from './machine/programs.ts';
import { startDesktop } from './start.ts';

// Not awaited: Electron is ready only after this file was read to its end, and the app waits for that.
void startDesktop(
  electron,
  {
    preload: () => buildPreload(join(buildCache(), 'desktop')),
    host: join(import.meta.dirname, 'host/index.ts'),
    hasTray: () => hasTray(process.platform),
    // A clone is its owner's to change.
    unchanged: async () => {},
    // It is updated as a clone is.
    updater: null,
    programs: systemPrograms,
    whenTold: (end) => void process.on('SIGTERM', end),
  },
  process.argv.slice(2),
);
