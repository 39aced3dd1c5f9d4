import type { Message, Talk } from './talk.ts';

/** `extractor.ready`: the build is unpacked and served. */
export function onExtractorReady(talk: Talk, m: Message<'extractor.ready'>): void {
  // Said again when an answer was lost; pages were planned by the first word.
  if (talk.site !== null) return;
  talk.site = m.site;
  talk.sitePort = m.port;
  talk.haveSite(m.site);
  talk.changed.notify();
}

/** `extractor.refused`: the archive is not one that we take. */
export function onExtractorRefused(talk: Talk, m: Message<'extractor.refused'>): void {
  talk.end({ kind: 'refused', code: m.code, entry: m.entry, reason: m.reason });
}
