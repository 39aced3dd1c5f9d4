import type { ArchiveLimits } from '@stageflow/engine/sdk';
import { refuse } from '../refusal.ts';
import type { ValidEntry } from './local.ts';

/** Notes on names that are told one by one. */
const TOLD = 20;

/** Refuses names that would share one place in a tree; answers notes on names that differ only in case. */
export function checkTree(entries: readonly ValidEntry[]): string[] {
  /** Normalised path -> what stands there. */
  const kinds = new Map<string, 'file' | 'folder' | 'implied'>();
  const cased = new Map<string, string>();
  const notes: string[] = [];
  let twins = 0;
  let known = '';
  for (const { path, folder } of entries) {
    const key = path.normalize('NFC');
    const parent = key.slice(0, key.lastIndexOf('/') + 1);
    // Entries of one folder mostly follow one another; its parents were looked at with the first.
    if (parent !== known) implyParents(kinds, key);
    known = parent;
    const before = kinds.get(key);
    if (before !== undefined && !(before === 'implied' && folder)) {
      refuse('zip_duplicate', 'two entries share this name', path);
    }
    kinds.set(key, folder ? 'folder' : 'file');
    const lower = key.toLowerCase();
    const twin = cased.get(lower);
    if (twin !== undefined && (twins += 1) <= TOLD) {
      notes.push(
        `${twin} and ${key} differ only in upper and lower case; on Windows and macOS one would replace the other.`,
      );
    }
    cased.set(lower, key);
  }
  return twins > TOLD ? [...notes, `${twins - TOLD} more names differ only in upper and lower case.`] : notes;
}

function implyParents(kinds: Map<string, 'file' | 'folder' | 'implied'>, key: string): void {
  for (let at = key.indexOf('/'); at >= 0; at = key.indexOf('/', at + 1)) {
    const parent = key.slice(0, at);
    const kind = kinds.get(parent);
    if (kind === 'file') refuse('zip_duplicate', 'a file is used as a folder', parent);
    if (kind === undefined) kinds.set(parent, 'implied');
  }
}

/** Refuses entries and totals that unpack to too much, by the sizes that both headers give. */
export function checkSizes(entries: readonly ValidEntry[], limits: ArchiveLimits): void {
  let size = 0;
  let packed = 0;
  for (const entry of entries) {
    if (entry.size > limits.fileBytes)
      refuse('zip_size', `a file is larger than ${limits.fileBytes} bytes`, entry.path);
    if (entry.method === 0 && entry.size !== entry.packed)
      refuse('zip_size', 'a stored file has two sizes', entry.path);
    if (entry.size > limits.ratioFromBytes && entry.size > limits.ratio * entry.packed)
      refuse('zip_ratio', 'it unpacks to too much', entry.path);
    size += entry.size;
    packed += entry.packed;
    if (size > limits.totalBytes)
      refuse('zip_size', `its files are larger than ${limits.totalBytes} bytes together`, entry.path);
  }
  const largest = entries.reduce((a, b) => (b.size > a.size ? b : a), entries[0] ?? { size: 0, path: '' });
  if (size > limits.ratioFromBytes && size > limits.ratio * packed)
    refuse('zip_ratio', 'its files unpack to too much', largest.path);
}
