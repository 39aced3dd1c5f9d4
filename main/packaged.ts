/** The app as it is installed: main and preload out of the app's archive, the engine's program beside it, looked at before it is started. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as electron from 'electron';
import { autoUpdater } from 'electron-updater';
import { assertUnchanged, type Checksums } from './packaging/checksums.ts';
import { systemPrograms } from './machine/programs.ts';
import { startDesktop } from './start.ts';
import { hasTray } from './tray/there.ts';

const beside = (name: string) => join(import.meta.dirname, name);
const program = join(process.resourcesPath, 'stageflow');
const queue = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';

// An installed program is not written to: what it builds and keeps between starts lies with the person's own things.
process.env['STAGEFLOW_CACHE'] ??= join(electron.app.getPath('userData'), 'cache');
process.env['STAGEFLOW_NATS_SERVER'] ??= join(program, 'bin', queue);

// What is asked for is downloaded at once: it is only asked for while nothing is scanned, and given up when a scan begins.
autoUpdater.autoDownload = true;
// Only when the person chooses it: between two starts a paused scan may wait.
autoUpdater.autoInstallOnAppQuit = false;
autoUpdater.logger = null;
// What went wrong is told by the promise too.
autoUpdater.on('error', () => {});

void startDesktop(
  electron,
  {
    preload: async () => beside('preload.cjs'),
    host: join(program, 'main/host/index.js'),
    hasTray: () => hasTray(process.platform),
    updater: {
      ask: async (ended) => {
        const found = await autoUpdater.checkForUpdates();
        const giveUp = () => found?.cancellationToken?.cancel();
        if (ended.aborted) giveUp();
        ended.addEventListener('abort', giveUp, { once: true });
        await found?.downloadPromise;
      },
      onReady: (tell) => void autoUpdater.on('update-downloaded', ({ version }) => tell(version)),
      install: () => autoUpdater.quitAndInstall(true, true),
    },
    programs: systemPrograms,
    whenTold: (end) => void process.on('SIGTERM', end),
    unchanged: async () =>
      assertUnchanged(program, JSON.parse(readFileSync(beside('resources.json'), 'utf8')) as Checksums),
  },
  process.argv.slice(1),
);
