import { isAscii } from 'node:buffer';
import type { ArchiveLimits } from '@stageflow/engine/sdk';
import { refuse } from '../refusal.ts';

/** A name that is safe to hold in a tree. */
export interface EntryName {
  /** The name as decoded, before backslashes became slashes. */
  readonly text: string;
  /** Segments joined by `/`, without a trailing slash; '' for the root itself, which some tools list. */
  readonly path: string;
  /** True for a folder. */
  readonly folder: boolean;
  /** How it was read, when that is worth telling. */
  readonly note: 'cp437' | 'backslash' | null;
}

/** Code page 437 from 0x80 on, the encoding of names whose UTF-8 flag is off. */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** C0, DEL, C1, bidirectional marks, overrides and isolates. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** Name bytes as text: ASCII, UTF-8 by its flag, UTF-8 by its form, else code page 437. Throws `zip_name` for broken UTF-8 under the flag. */
export function decodeName(raw: Buffer, flagged: boolean): { text: string; cp437: boolean } {
  if (isAscii(raw)) return { text: raw.toString('latin1'), cp437: false };
  try {
    return { text: utf8.decode(raw), cp437: false };
  } catch {
    if (flagged) refuse('zip_name', 'it is not valid UTF-8', raw.toString('utf8').slice(0, 200));
  }
  return {
    text: Array.from(raw, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : CP437.charAt(byte - 0x80))).join(''),
    cp437: true,
  };
}

/** Checks a decoded name and splits it. Throws `zip_name` or `zip_path`. */
export function checkName(text: string, rawLength: number, cp437: boolean, limits: ArchiveLimits): EntryName {
  if (text === '') refuse('zip_name', 'it is empty', text);
  if (rawLength > limits.nameBytes)
    refuse('zip_name', `it is longer than ${limits.nameBytes} bytes`, text.slice(0, 200));
  if (UNPRINTABLE.test(text)) refuse('zip_name', 'it holds control characters', text);
  const slashed = text.replaceAll('\\', '/');
  if (slashed.startsWith('/') || /^[A-Za-z]:\//.test(slashed)) refuse('zip_path', 'it is absolute', text);
  const folder = slashed.endsWith('/');
  // Tools of the tar family begin each name with `./`, and list `./` itself.
  const plain = (folder ? slashed.slice(0, -1) : slashed).replace(/^\.(\/|$)/, '');
  const segments = plain === '' && folder ? [] : plain.split('/');
  if (segments.includes('..')) refuse('zip_path', 'it climbs out of its folder', text);
  if (segments.some((segment) => segment === '' || segment === '.'))
    refuse('zip_duplicate', 'it is another spelling of a shorter name', text);
  if (segments.length > limits.depth) refuse('zip_name', `it is deeper than ${limits.depth} folders`, text);
  if (segments.some((segment) => Buffer.byteLength(segment) > limits.segmentBytes)) {
    refuse('zip_name', `a part of it is longer than ${limits.segmentBytes} bytes`, text);
  }
  return { text, path: plain, folder, note: cp437 ? 'cp437' : slashed === text ? null : 'backslash' };
}
