/** What a page of ours may do: scripts, styles and data of this server alone, no frames, no plugins. */
const PAGE_POLICY: readonly string[] = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];

const ALWAYS: readonly (readonly [string, string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['permissions-policy', 'camera=(), microphone=(), geolocation=()'],
];

/** Sets what every answer bears, where the route has not set a stricter word of its own (a share, an artifact). `uploadOrigin` is where pages may send archives beside this server. */
export function setSecurityHeaders(headers: Headers, publicUrl: string | null, uploadOrigin: string | null): void {
  if (!headers.has('content-security-policy')) {
    // A page may send an archive to the store, where that takes it; else it speaks with this server alone.
    const connect = uploadOrigin === null ? [] : [`connect-src 'self' ${uploadOrigin}`];
    headers.set('content-security-policy', [...PAGE_POLICY, ...connect].join('; '));
  }
  for (const [name, value] of ALWAYS) if (!headers.has(name)) headers.set(name, value);
  if (publicUrl?.startsWith('https://') === true && !headers.has('strict-transport-security')) {
    headers.set('strict-transport-security', 'max-age=31536000');
  }
}

/** An answer with those headers. */
export function withSecurityHeaders(response: Response, publicUrl: string | null): Response {
  setSecurityHeaders(response.headers, publicUrl, null);
  return response;
}
