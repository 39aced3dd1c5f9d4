import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Before the fuses in Electron's program, by which tools find them. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** As Electron 45 leaves its release: version of the wire, how many fuses, then each as a digit. */
const WIRE = Buffer.from([1, 9, ...Buffer.from('101100011')]);

/** Files of a distribution for Linux that electron-builder looks for, without the program in them: its fuses alone are there. */
export function writeStubElectron(folder: string): void {
  mkdirSync(join(folder, 'locales'), { recursive: true });
  mkdirSync(join(folder, 'resources'));
  const program = Buffer.concat([Buffer.from('\u007fELF stub '), Buffer.from(SENTINEL), WIRE, Buffer.from(' end')]);
  for (const name of ['electron', 'chrome-sandbox', 'chrome_crashpad_handler']) {
    writeFileSync(join(folder, name), name === 'electron' ? program : name);
    chmodSync(join(folder, name), 0o755);
  }
  for (const name of ['version', 'LICENSE', 'LICENSES.chromium.html', 'resources.pak', 'locales/en-US.pak'])
    writeFileSync(join(folder, name), name === 'version' ? '45.4.1' : name);
}
