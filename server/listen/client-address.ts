import { classifyAddress } from '@stageflow/engine/kernel';

/** An address in its one spelling (a mapped IPv4 as IPv4), or null for what is none. */
function spelled(text: string): string | null {
  return classifyAddress(text.replace(/^::ffff:(?=[0-9.]+$)/i, ''))?.address ?? null;
}

/**
 * Who asks. The socket's other end, unless it is one of `proxies`, which stand in front of us: then the last entry of X-Forwarded-For, which
 * that proxy wrote itself. Entries before it come from the client and may say anything, as may the whole header from any other address.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | null,
  proxies: readonly string[],
): string {
  const near = spelled(socketAddress ?? '') ?? 'unknown';
  if (forwardedFor === null || !proxies.some((proxy) => spelled(proxy) === near)) return near;
  const last = forwardedFor.split(',').at(-1)?.trim() ?? '';
  return spelled(last.replace(/^\[(.*)\]$/, '$1')) ?? near;
}
