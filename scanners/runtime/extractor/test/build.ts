import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeSync } from 'node:fs';
import { readSite, type Site } from '../site/index.ts';
import { createContentFile, type StoredFile } from '../unpack/index.ts';

/** Puts files into a content file, as unpacking would, and reads the site from it. The caller ends it with `remove`. */
export function buildSite(files: Readonly<Record<string, string | Buffer>>): { site: Site; remove: () => void } {
  const home = mkdtempSync(join(tmpdir(), 'stageflow-site-'));
  const fd = createContentFile(join(home, 'site'));
  const stored: StoredFile[] = [];
  let offset = 0;
  for (const [path, data] of Object.entries(files)) {
    const bytes = Buffer.from(data as string);
    if (bytes.length > 0) writeSync(fd, bytes, 0, bytes.length, offset);
    stored.push({ path, offset, size: bytes.length, crc: crc32(bytes) });
    offset += bytes.length;
  }
  const remove = () => {
    closeSync(fd);
    rmSync(home, { recursive: true });
  };
  try {
    return { site: readSite({ fd, files: stored, bytes: offset }, []), remove };
  } catch (error) {
    remove();
    throw error;
  }
}
