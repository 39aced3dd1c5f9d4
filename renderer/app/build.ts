/**
 * Builds the app into the folder that is named: two pages (the app and the sign-in page), scripts and styles split by screen with their hash in
 * their names, and a Brotli twin of every text. Run by the server on first use, in a process of its own.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { installed, notices } from './notices.ts';

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('name the folder to build into');

await build({
  root: import.meta.dirname,
  base: '/',
  configFile: false,
  logLevel: 'silent',
  plugins: [react(), notices([installed('@fontsource/ibm-plex-sans'), installed('@fontsource/ibm-plex-mono')])],
  build: {
    outDir: out,
    emptyOutDir: true,
    // An inline picture or font would need a wider policy than 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    reportCompressedSize: false,
    rolldownOptions: {
      input: { app: join(import.meta.dirname, 'index.html'), signin: join(import.meta.dirname, 'signin.html') },
    },
  },
});

const compress = promisify(brotliCompress);
for (const entry of await readdir(out, { withFileTypes: true, recursive: true })) {
  if (!entry.isFile() || !/\.(?:html|js|css|svg|txt)$/.test(entry.name)) continue;
  const file = join(entry.parentPath, entry.name);
  const bytes = await readFile(file);
  await writeFile(`${file}.br`, await compress(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
}
