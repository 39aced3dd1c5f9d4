import type { PageDocument } from './dom.ts';

declare const document: PageDocument;

/** True when the document and all it waits for have loaded. */
export function hasLoaded(): boolean {
  return document.readyState === 'complete';
}
