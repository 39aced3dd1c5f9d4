import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { parseAddress } from '@stageflow/engine/kernel';

/** An authority that lives as long as this process and signs for the hosts whose TLS ends in the proxy. */
export interface OwnAuthority {
  /** Hash of its key, as Chromium's list of trusted keys takes it; every certificate of it bears this key. */
  readonly spki: string;
  /** Its own certificate, as PEM, for clients that check names and signatures. */
  readonly pem: string;
  /** What a server for `host` (a name or an address) shows. */
  for(host: string): { readonly key: string; readonly cert: string };
}

const DAY = 86_400_000;

// Tags of the Distinguished Encoding Rules (X.690).
const INTEGER = 0x02;
const BITS = 0x03;
const OCTETS = 0x04;
const OID = 0x06;
const TEXT = 0x0c;
const TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
const field = (number: number) => 0xa0 + number;

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

const bytes = (...values: readonly number[]) => Buffer.from(values);
const TRUE = bytes(0x01, 0x01, 0xff);
const ECDSA_SHA256 = der(SEQUENCE, der(OID, bytes(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)));
const COMMON_NAME = der(OID, bytes(0x55, 0x04, 0x03));
const BASIC_CONSTRAINTS = der(OID, bytes(0x55, 0x1d, 0x13));
const ALTERNATIVE_NAME = der(OID, bytes(0x55, 0x1d, 0x11));

const named = (text: string) => der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(TEXT, Buffer.from(text)))));
/** `261127223000Z` */
const time = (ms: number) => der(TIME, Buffer.from(`${new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));

/** An X.509 certificate of version 3 (RFC 5280) with one critical extension. */
function certificate(
  subject: string,
  extension: Uint8Array,
  spki: Uint8Array,
  signed: (bytes: Uint8Array) => Uint8Array,
): string {
  const now = Date.now();
  const serial = randomBytes(16);
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
  const body = der(
    SEQUENCE,
    der(field(0), der(INTEGER, bytes(2))),
    der(INTEGER, serial),
    ECDSA_SHA256,
    named(AUTHORITY),
    der(SEQUENCE, time(now - DAY), time(now + 30 * DAY)),
    named(subject),
    spki,
    der(field(3), der(SEQUENCE, extension)),
  );
  const whole = der(SEQUENCE, body, ECDSA_SHA256, der(BITS, bytes(0), signed(body)));
  const lines = whole.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

const AUTHORITY = 'Stageflow, for this scan alone';

/** Makes an authority with a fresh key, which never leaves this process. */
export function createOwnAuthority(): OwnAuthority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const signed = (body: Uint8Array) => sign('sha256', body, privateKey);
  const authority = der(SEQUENCE, BASIC_CONSTRAINTS, TRUE, der(OCTETS, der(SEQUENCE, TRUE)));
  const pem = certificate(AUTHORITY, authority, spki, signed);
  return {
    spki: createHash('sha256').update(spki).digest('base64'),
    pem,
    for: (host) => {
      const address = parseAddress(host);
      const name = address === null ? der(0x82, Buffer.from(host)) : der(0x87, address);
      const alternative = der(SEQUENCE, ALTERNATIVE_NAME, TRUE, der(OCTETS, der(SEQUENCE, name)));
      return { key, cert: certificate('One host of this scan', alternative, spki, signed) + pem };
    },
  };
}
