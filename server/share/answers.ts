import { createHash } from 'node:crypto';
import { objectStream } from './object-stream.ts';
import type { SharePage } from './pages.ts';

/** What every answer under /s/ bears: for nobody's index, cache or referrer. */
const QUIET = {
  'x-robots-tag': 'noindex, nofollow, noarchive',
  'referrer-policy': 'no-referrer',
  'cache-control': 'private, no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
} as const;

const STYLE =
  ':root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem}h1{font-size:1.4rem}';
const CALM_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const calmPage = (title: string, sentences: readonly string[]) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>${STYLE}</style></head><body><main><h1>${title}</h1>${sentences.map((sentence) => `<p>${sentence}</p>`).join('')}</main></body></html>`;

const NOTHING = calmPage('There is nothing at this link', [
  'It may have been copied incompletely, have ended, or have been taken back by whoever made it.',
  'Check that the whole link was copied. If it was, ask the person who sent it to you for a new one.',
]);
const LATER = calmPage('Please wait a little', [
  'Too many links that open nothing were tried from your network.',
  'Wait a minute, then open the link again.',
]);

const BUSY = calmPage('Please wait a little', [
  'More was opened from your network than this server gives to one in a minute.',
  'Wait a minute, then open the link again.',
]);

const calm = (body: string, status: number, more: Record<string, string> = {}) =>
  new Response(body, {
    status,
    headers: {
      ...QUIET,
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'content-security-policy': CALM_POLICY,
      ...more,
    },
  });

/** The one answer to every link that does not open, whatever the reason. */
export function nothingHere(): Response {
  return calm(NOTHING, 404);
}

/** The answer to more guesses than one address may make. */
export function tooManyGuesses(seconds: number): Response {
  return calm(LATER, 429, { 'retry-after': String(seconds) });
}

/** The answer to more looks at links that open than one address may take. */
export function tooManyLooks(seconds: number): Response {
  return calm(BUSY, 429, { 'retry-after': String(seconds) });
}

/** Bytes that are handed on at a time, so that a slow reader holds no copy of a page. */
const PIECE_BYTES = 2 ** 18;

async function* inPieces(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    for (let at = 0; at < part.length; at += PIECE_BYTES) yield part.subarray(at, at + PIECE_BYTES);
  }
}

/** A share's page. */
export function sharePageAnswer({ pieces, size, policy }: SharePage): Response {
  return new Response(pieces && objectStream(inPieces(pieces)), {
    headers: {
      ...QUIET,
      'content-type': 'text/html; charset=utf-8',
      ...(size === null ? {} : { 'content-length': String(size) }),
      'content-security-policy': policy,
    },
  });
}

/** A piece of evidence from our own store. It may be hostile: the browser must neither guess its type nor run anything of it. */
export function evidenceAnswer(
  delivery: { readonly contentType: string; readonly disposition: string },
  size: number,
  body: ReadableStream<Uint8Array> | null,
): Response {
  return new Response(body, {
    headers: {
      ...QUIET,
      'content-type': delivery.contentType,
      'content-disposition': delivery.disposition,
      'content-length': String(size),
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      // The page that shows it has no origin (see `policed`), so it counts as foreign here. The token guards the address.
      'cross-origin-resource-policy': 'cross-origin',
    },
  });
}

/** Sends the browser on to the object store, for as long as the address there lasts. */
export function redirectAnswer(address: string): Response {
  return new Response(null, {
    status: 302,
    headers: {
      ...QUIET,
      location: address,
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'cross-origin',
    },
  });
}
