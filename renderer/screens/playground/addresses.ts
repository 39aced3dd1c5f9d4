/** A line of the address field that cannot be used, and why. */
export interface LineFault {
  /** From 1, as the person counts. */
  readonly line: number;
  readonly reason: string;
}

/** What stands in the address field. */
export interface Addresses {
  /** Each once, as they were typed. */
  readonly urls: readonly string[];
  readonly faults: readonly LineFault[];
  readonly repeated: number;
}

const MOST = 10_000;
/** The server's own machine and its private network, as far as an address says it by itself. */
const LOCAL =
  /^(?:https?:\/\/)?(?:localhost|[\w.-]+\.localhost|(?:127|10)(?:\.\d{1,3}){3}|(?:192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2}|\[::1\])(?=[:/?#]|$)/i;

/** Why an address cannot be scanned, or null. The server judges again, and knows more (ports, private ranges, its own rules). */
function faultOf(text: string): string | null {
  if (text.length > 4096) return 'is longer than 4,096 characters';
  if (/\s/.test(text)) return 'holds a space; put one address on each line';
  const scheme = /^([a-z][a-z0-9+.-]*):(?!\d+(?:[/?#]|$))/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'file') return 'is a file of your computer; drop the folder as a ZIP instead';
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    return `begins with ${scheme}:, not http: or https:`;
  const url = URL.parse(scheme === undefined ? `https://${text}` : text);
  if (url === null || url.hostname === '') return 'is no address';
  if (url.username !== '' || url.password !== '') return 'holds a password; give it under “Behind a sign-in” instead';
  const isName = url.hostname.includes('.') || url.hostname.includes(':') || url.hostname === 'localhost';
  return isName ? null : `has no complete host name: ${url.hostname}`;
}

/** Reads the address field: one address a line; empty lines and lines that begin with # are left out. */
export function readAddresses(text: string): Addresses {
  const urls = new Set<string>();
  const faults: LineFault[] = [];
  let repeated = 0;
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const reason = faultOf(line);
    if (reason !== null) faults.push({ line: at + 1, reason });
    else if (urls.has(line)) repeated += 1;
    else if (urls.size === MOST)
      faults.push({ line: at + 1, reason: `is one more than the ${MOST.toLocaleString('en')} that one scan takes` });
    else urls.add(line);
  }
  return { urls: [...urls], faults, repeated };
}

/** `host:port` of the addresses that lead to the server's own machine or its private network, each once; those need an administrator's word. */
export function localHosts(urls: readonly string[]): readonly string[] {
  const hosts = urls
    .filter((url) => LOCAL.test(url))
    .flatMap((text) => {
      const url = URL.parse(/^https?:/i.test(text) ? text : `http://${text}`);
      if (url === null) return [];
      return [`${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`];
    });
  return [...new Set(hosts)];
}
