import { createHash } from 'node:crypto';
import { ulid } from 'ulid';

/** Lower-case hexadecimal SHA-256 of bytes or UTF-8 text. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A new job id: a ULID in lower case, so ids sort by time and are safe in keys, labels and file names. */
export function newJobId(now: number = Date.now()): string {
  return ulid(now).toLowerCase();
}

/** A short id derived from content: the same parts always give the same id (`prefix` + 16 hex digits). */
export function contentId(prefix: string, ...parts: string[]): string {
  return prefix + sha256Hex(parts.join('\u0000')).slice(0, 16);
}

/** The id of a page: a function of its normalised URL alone, so that every attempt gives a page the same id. */
export function pageIdOf(url: string): string {
  return contentId('p', url);
}
