import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A certificate authority made for one test, and a server certificate signed by it. PEM text. */
export interface TestAuthority {
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
}

/** Makes an authority and a certificate for `host`, valid for a day. */
export function testAuthority(host: string): TestAuthority {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'test-authority-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    openssl(
      'req',
      '-x509',
      ...curve,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-days',
      '1',
      '-subj',
      '/CN=Stageflow test authority',
    );
    openssl('req', ...curve, '-keyout', 'site.key', '-out', 'site.csr', '-subj', `/CN=${host}`);
    writeFileSync(path.join(folder, 'names'), `subjectAltName=DNS:${host}\n`);
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names', '-days', '1'];
    openssl('x509', '-req', '-in', 'site.csr', ...signed, '-out', 'site.pem');
    const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
    return { ca: read('ca.pem'), key: read('site.key'), cert: read('site.pem') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
