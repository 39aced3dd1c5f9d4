/** What the first bytes of a TLS client say. */
export type ClientHello =
  | { readonly state: 'more' }
  | { readonly state: 'bad'; readonly reason: string }
  | { readonly state: 'hello' /** The server name, or null when none was sent. */; readonly sni: string | null };

const MORE: ClientHello = { state: 'more' };
const bad = (reason: string): ClientHello => ({ state: 'bad', reason });
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const MAX_HELLO = 64 * 1024;

/** A reader that answers null once it is asked for more than there is. */
function cursor(bytes: Uint8Array) {
  let at = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    left: () => bytes.length - at,
    number(size: 1 | 2): number | null {
      if (bytes.length - at < size) return null;
      const value = size === 1 ? view.getUint8(at) : view.getUint16(at);
      at += size;
      return value;
    },
    take(size: number | null): Uint8Array | null {
      if (size === null || bytes.length - at < size) return null;
      at += size;
      return bytes.subarray(at - size, at);
    },
  };
}

/** The server name of a `server_name` extension; undefined when it is malformed. */
function nameIn(extension: Uint8Array): string | undefined {
  const read = cursor(extension);
  const list = read.take(read.number(2));
  if (list === null || read.left() !== 0) return undefined;
  const entry = cursor(list);
  const type = entry.number(1);
  const name = entry.take(entry.number(2));
  // RFC 6066 allows one name a type, and only one type exists.
  if (type !== 0 || name === null || name.length === 0 || entry.left() !== 0) return undefined;
  const text = String.fromCharCode(...name);
  return /^[\x21-\x7e]{1,255}$/.test(text) ? text : undefined;
}

function readBody(body: Uint8Array): ClientHello {
  const read = cursor(body);
  if (read.take(34) === null) return bad('the TLS hello is cut short');
  if (read.take(read.number(1)) === null) return bad('the TLS session id is cut short');
  if (read.take(read.number(2)) === null) return bad('the TLS cipher list is cut short');
  if (read.take(read.number(1)) === null) return bad('the TLS compression list is cut short');
  if (read.left() === 0) return { state: 'hello', sni: null };
  const extensions = read.take(read.number(2));
  if (extensions === null || read.left() !== 0) return bad('the TLS extensions are malformed');
  const list = cursor(extensions);
  let sni: string | null = null;
  while (list.left() > 0) {
    const type = list.number(2);
    const extension = list.take(list.number(2));
    if (extension === null) return bad('a TLS extension is cut short');
    if (type !== SERVER_NAME) continue;
    const name = nameIn(extension);
    if (name === undefined) return bad('the TLS server name is malformed');
    if (sni !== null) return bad('the TLS hello names two servers');
    sni = name;
  }
  return { state: 'hello', sni };
}

/** Reads the ClientHello from the first bytes of a connection; it may be spread over several TLS records. Pure. */
export function readClientHello(bytes: Uint8Array): ClientHello {
  const parts: Uint8Array[] = [];
  let gathered = 0;
  let needed = 4;
  for (let at = 0; gathered < needed; ) {
    if (bytes.length > at && bytes[at] !== HANDSHAKE) return bad('the first bytes are not a TLS handshake');
    if (bytes.length > at + 1 && bytes[at + 1] !== 3) return bad('the TLS record version is not known');
    if (bytes.length < at + 5) return MORE;
    const length = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
    if (length === 0 || length > 16_384) return bad('the TLS record has an impossible length');
    const part = bytes.subarray(at + 5, at + 5 + length);
    parts.push(part);
    gathered += part.length;
    const head = gathered >= 4 ? Buffer.concat(parts).subarray(0, 4) : null;
    if (head !== null) {
      if (head[0] !== CLIENT_HELLO) return bad('the TLS handshake does not begin with a hello');
      needed = 4 + head.readUIntBE(1, 3);
      if (needed > MAX_HELLO) return bad('the TLS hello is too long');
    }
    if (gathered < needed && part.length < length) return MORE;
    at += 5 + length;
  }
  return readBody(Buffer.concat(parts).subarray(4, needed));
}
