import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes after which a log is set aside; one that was set aside is kept. */
const MOST_BYTES = 5 * 2 ** 20;

/** The file that main and the engine write their lines to; a full disk loses lines, not scans. */
export function openLogFile(folder: string): { readonly folder: string; write(text: string): void } {
  const path = join(folder, 'stageflow.log');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let size = 0;
  try {
    size = statSync(path).size;
  } catch {
    // There is none yet.
  }
  return {
    folder,
    write: (text) => {
      try {
        if (size > MOST_BYTES) {
          renameSync(path, join(folder, 'stageflow.1.log'));
          size = 0;
        }
        appendFileSync(path, text, { mode: 0o600 });
        size += Buffer.byteLength(text);
      } catch {
        // Nowhere to tell it.
      }
    },
  };
}
