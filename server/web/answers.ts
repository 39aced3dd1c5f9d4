import type { WebFile } from './web-app.ts';

/** What our own pages may do: scripts, styles, fonts and data of this server alone; nothing inline, nothing framed, no text made into markup. */
const pagePolicy = (uploadOrigin: string | null) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    // Archives go to the object store itself where it takes them.
    uploadOrigin === null ? "connect-src 'self'" : `connect-src 'self' ${uploadOrigin}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');

/** A file, compressed for whoever takes that, or 304 for whoever has it. */
function answer(file: WebFile, request: Request, headers: Record<string, string>): Response {
  const shared = { ...headers, etag: file.etag, vary: 'accept-encoding' };
  if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers: shared });
  const takesBrotli = /(?:^|,)\s*br\s*(?:,|;|$)/.test(request.headers.get('accept-encoding') ?? '');
  const body = takesBrotli && file.brotli ? file.brotli : file.bytes;
  return new Response(body, {
    headers: {
      ...shared,
      'content-type': file.type,
      'content-length': String(body.byteLength),
      ...(body === file.brotli ? { 'content-encoding': 'br' } : {}),
    },
  });
}

/** A page of ours; `uploadOrigin` is where it may send archives beside this server. It is asked for anew each time, since who is signed in decides what comes. */
export function pageAnswer(page: WebFile, request: Request, uploadOrigin: string | null): Response {
  const policy = pagePolicy(uploadOrigin);
  return answer(page, request, { 'content-security-policy': policy, 'cache-control': 'private, no-cache' });
}

/** A file whose name holds its hash: kept for ever. */
export function assetAnswer(file: WebFile, request: Request): Response {
  return answer(file, request, {
    'content-security-policy': "default-src 'none'",
    'cache-control': 'public, max-age=31536000, immutable',
  });
}

/** A file that keeps its name through versions. */
export function fileAnswer(file: WebFile, request: Request): Response {
  return answer(file, request, { 'content-security-policy': "default-src 'none'", 'cache-control': 'no-cache' });
}

const AGAIN = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="robots" content="noindex"><meta http-equiv="refresh" content="0"><title>Stageflow</title></head><body></body></html>
`;

/**
 * Asks the browser to come again by itself. The cookie is withheld from links that lead here from other sites; the second time the browser comes from
 * here and bears it.
 */
export function againAnswer(): Response {
  return new Response(AGAIN, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
    },
  });
}
