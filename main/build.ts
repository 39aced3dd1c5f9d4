/** Builds the preload into the folder that is named: a sandboxed preload is one file of CommonJS that finds nothing but `electron`. */
import { join } from 'node:path';
import { build } from 'vite';

/** Writes `preload.cjs` and gives its path. */
export async function buildPreload(folder: string): Promise<string> {
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'silent',
    build: {
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      target: 'es2023',
      lib: { entry: join(import.meta.dirname, 'preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
      rolldownOptions: { external: ['electron'] },
    },
  });
  return join(folder, 'preload.cjs');
}
