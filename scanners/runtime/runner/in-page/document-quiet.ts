import type { PageDocument } from './dom.ts';

declare const document: PageDocument;
declare const MutationObserver: new (
  run: () => void,
) => { observe(target: unknown, options: object): void; disconnect(): void };

/** Resolves true when the document has not changed for `quiet` milliseconds and its fonts are in, false after `most` milliseconds. */
export function documentQuiet(input: { quiet: number; most: number }): Promise<boolean> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout>;
    let observer: { disconnect(): void } | null = null;
    const end = (calm: boolean) => {
      clearTimeout(timer);
      clearTimeout(limit);
      observer?.disconnect();
      resolve(calm);
    };
    const limit = setTimeout(() => end(false), input.most);
    const rearm = () => {
      clearTimeout(timer);
      timer = setTimeout(() => document.fonts.ready.then(() => end(true)), input.quiet);
    };
    rearm();
    const watched = new MutationObserver(rearm);
    watched.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    observer = watched;
  });
}
