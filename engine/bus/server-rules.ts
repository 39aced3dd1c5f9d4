import { StageflowError } from '../kernel/index.ts';

/** What a server says of itself, as far as the rules ask. */
export interface ServerWord {
  readonly auth_required?: boolean;
  readonly jetstream?: boolean;
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Refuses a queue that others on the network could read along: it must be on loopback or behind TLS. */
export function assertSafeUrl(url: string): void {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (cause) {
    throw new StageflowError('nats_unsafe', { url, reason: 'it is not a URL' }, { cause });
  }
  const bare = `${parsed.protocol}//${parsed.host}`;
  if (parsed.protocol !== 'tls:' && !LOOPBACK.has(parsed.hostname)) {
    throw new StageflowError('nats_unsafe', { url: bare, reason: 'it is neither on loopback nor encrypted' });
  }
}

/** Refuses a server that would let anyone in. */
export function assertAuthenticated(url: string, info: ServerWord | undefined): void {
  if (info?.auth_required !== true) throw new StageflowError('nats_unsafe', { url, reason: 'it asks for no token' });
  if (info.jetstream !== true) throw new StageflowError('nats_unsafe', { url, reason: 'JetStream is off' });
}

/** True for servers before 2.10, which cannot be told to write through to the disk before they answer. */
export function isReduced(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 2 || (major === 2 && minor < 10);
}
