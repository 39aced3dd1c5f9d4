/** Hosts that the browser itself talks to. They are refused and never reported as the site's requests. */
const HOSTS: readonly string[] = [
  'update.googleapis.com',
  'clients2.google.com',
  'clients2.googleusercontent.com',
  'optimizationguide-pa.googleapis.com',
  'content-autofill.googleapis.com',
  'edgedl.me.gvt1.com',
  'redirector.gvt1.com',
];

/** True when no page asked for this host: the browser did. The list is short on purpose: a page may well link to other hosts of the browser's maker. */
export function isBrowserChatter(hostname: string): boolean {
  return HOSTS.includes(hostname.toLowerCase());
}
