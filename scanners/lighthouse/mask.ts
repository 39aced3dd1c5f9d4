import type { WorkerOrder } from './worker-protocol.ts';

const MASKED = '(masked)';
/** Names under which browsers report what a login is made of; raw header blocks hold all of them. */
const SECRET_NAMES = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'headerstext',
  'requestheaderstext',
]);

function withoutLogin(key: string, value: unknown): unknown {
  const name = key.toLowerCase();
  if (!SECRET_NAMES.has(name)) return value;
  if (typeof value === 'string') return MASKED;
  // Chromium lists the cookies of a request as objects of this name.
  return name === 'cookie' && value !== null && typeof value === 'object' ? { ...value, value: MASKED } : value;
}

/** Returns a function that replaces every value of the order's login in a text, as it is and as JSON writes it. */
export function maskLogin(order: Pick<WorkerOrder, 'headers' | 'cookies'>): (text: string) => string {
  const values = [...Object.values(order.headers), ...order.cookies.map((cookie) => String(cookie.value ?? ''))]
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1), value.replace(/^Basic /i, '')])
    .filter((value) => value !== '')
    .toSorted((a, b) => b.length - a.length);
  return (text) => values.reduce((masked, value) => masked.replaceAll(value, MASKED), text);
}

/** A record of the browser's traffic as JSON that holds no login: neither the person's nor one that the site gave. */
export function maskedJson(record: unknown, mask: (text: string) => string): string {
  return mask(JSON.stringify(record, withoutLogin) ?? 'null');
}
