import type { ReportOccurrence } from '@stageflow/engine/report-schema';

/** `1 page`, `1,234 pages`. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}

/** Milliseconds for people. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 90) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Bytes for people. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** What was scanned, in the words of the person who asked: the label, the archive's name or the first address. */
export function nameOf({ label, source }: { readonly label: string | null; readonly source: Source }): string {
  return label ?? (source.kind === 'zip' ? source.filename : (source.urls[0] ?? ''));
}
type Source =
  | { readonly kind: 'zip'; readonly filename: string }
  | { readonly kind: 'urls'; readonly urls: readonly string[] };

const NO_PICTURE: Readonly<Record<NonNullable<ReportOccurrence['noPicture']>, string>> = {
  hidden: 'No picture: the element takes no room on the page, or it is hidden.',
  gone: 'No picture: the element was gone when it was looked up again.',
  outside: 'No picture: the element lies outside the picture of the page.',
  limit: 'No picture: enough were taken of other places, so this one was left out.',
  failed: 'No picture: it could not be taken.',
};

/** Why an element has no crop. Reports of before this was noted do not say. */
export function whyNoPicture({ noPicture }: Pick<ReportOccurrence, 'noPicture'>): string {
  return noPicture === undefined
    ? 'No picture: the element is not drawn, or it could not be found again.'
    : NO_PICTURE[noPicture];
}
