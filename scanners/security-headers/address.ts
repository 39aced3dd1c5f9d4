import { getDomain } from 'tldts';

/** True for hosts that never leave the machine or the local network; plain HTTP is usual there. */
export function isLocalHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || /\.(?:localhost|local|test|internal|home\.arpa)$/.test(name)) return true;
  if (/^(?:127|10)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^0\.0\.0\.0$/.test(name)) return true;
  return name === '::1' || /^f[cd][0-9a-f]{2}:|^fe[89ab][0-9a-f]:/.test(name);
}

/** True for a host written as an IP address; browsers keep no HSTS entry for those. */
export function isAddress(host: string): boolean {
  return host.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

/** True when both hosts belong to one registrable domain (or are the same host). */
export function sameSite(a: string, b: string): boolean {
  if (a === b) return true;
  const domain = getDomain(a, { allowPrivateDomains: true });
  return domain !== null && domain === getDomain(b, { allowPrivateDomains: true });
}
