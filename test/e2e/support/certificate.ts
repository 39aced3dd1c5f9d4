import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './scan.ts';

/** A certificate of an authority that was made for one test run. */
export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
  /** Value of STAGEFLOW_TEST_TRUST that makes a runner trust it. */
  readonly trust: string;
}

/** Makes an authority and a certificate for the given names with the openssl command. */
export function makeCertificate(names: readonly string[]): TestCertificate {
  const folder = temporaryFolder();
  const file = (name: string) => join(folder.path, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder.path, stdio: 'pipe' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    openssl('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '90', '-subj', '/CN=Test root');
    const alternative = `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`;
    openssl('req', ...curve, '-keyout', 'key.pem', '-out', 'csr.pem', '-subj', '/CN=Test site', '-addext', alternative);
    const sign = ['-in', 'csr.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy'];
    openssl('x509', '-req', ...sign, '-days', '60', '-out', 'cert.pem');
    const [key, cert, ca] = ['key.pem', 'cert.pem', 'ca.pem'].map((name) => readFileSync(file(name), 'utf8'));
    const spki = new X509Certificate(cert ?? '').publicKey.export({ type: 'spki', format: 'der' });
    const hash = createHash('sha256').update(spki).digest('base64');
    return { key: key ?? '', cert: cert ?? '', trust: JSON.stringify({ spki: [hash], pem: ca }) };
  } finally {
    folder.dispose();
  }
}
