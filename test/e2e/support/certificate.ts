import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './scan.ts';

/** A certificate of an authority that was made for one test run. */
export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
  /** Value of STAGEFLOW_TEST_TRUST that makes a runner trust it. */
  readonly trust: string;
}

/** When a certificate begins and ends, in days from now. */
export interface Validity {
  readonly from: number;
  readonly to: number;
}

/** What `openssl ca` needs to be told: the only command that takes both dates. */
const AUTHORITY = `[ca]
default_ca = one
[one]
dir = .
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`;
const DAY = 86_400_000;
/** `20270131120000Z` */
const dateOf = (days: number) => `${new Date(Date.now() + days * DAY).toISOString().replace(/\D/g, '').slice(0, 14)}Z`;

/** Makes an authority and, for the given names, one certificate per validity; all share one key and one trust. */
export function makeCertificates<Name extends string>(
  names: readonly string[],
  validities: Readonly<Record<Name, Validity>>,
): Readonly<Record<Name, TestCertificate>> {
  const folder = temporaryFolder();
  const file = (name: string) => join(folder.path, name);
  const read = (name: string) => readFileSync(file(name), 'utf8');
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder.path, stdio: 'pipe' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    openssl('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '90', '-subj', '/CN=Test root');
    const alternative = `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`;
    openssl('req', ...curve, '-keyout', 'key.pem', '-out', 'csr.pem', '-subj', '/CN=Test site', '-addext', alternative);
    writeFileSync(file('ca.cnf'), AUTHORITY);
    writeFileSync(file('index.txt'), '');
    writeFileSync(file('serial'), '01\n');
    const sign = ['ca', '-batch', '-notext', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key'];
    const key = read('key.pem');
    const made = Object.entries<Validity>(validities).map(([name, { from, to }]) => {
      const out = `${name}.pem`;
      openssl(...sign, '-in', 'csr.pem', '-out', out, '-startdate', dateOf(from), '-enddate', dateOf(to));
      const cert = read(out);
      const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
      const hash = createHash('sha256').update(spki).digest('base64');
      return [name, { key, cert, trust: JSON.stringify({ spki: [hash], pem: read('ca.pem') }) }] as const;
    });
    return Object.fromEntries(made) as Record<Name, TestCertificate>;
  } finally {
    folder.dispose();
  }
}

/** Makes an authority and a certificate for the given names that is valid for two months. */
export const makeCertificate = (names: readonly string[]): TestCertificate =>
  makeCertificates(names, { sound: { from: -1, to: 60 } }).sound;
