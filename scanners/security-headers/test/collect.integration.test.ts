import { readFileSync } from 'node:fs';
import { Manifest } from '@stageflow/engine/sdk';
import { expect, test } from 'vitest';
import { scannerPage } from '../../../test/conformance/scanner-page.ts';
import { audit } from '../audit.ts';
import { collect } from '../collect.ts';

const manifest = Manifest.parse(JSON.parse(readFileSync(new URL('../manifest.json', import.meta.url), 'utf8')));
/** What the scanner says of a document, as `rule selector` lines in order. */
const findingsOf = scannerPage({
  manifest,
  collect,
  audit,
  headers: {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'permissions-policy': 'camera=()',
    'set-cookie': 'sid=secret; SameSite=Lax',
  },
});

test('headers, meta policies, cookies and foreign scripts are read from a real page', async () => {
  const found = await findingsOf(`<!doctype html><html lang="en"><head><title>t</title>
    <meta http-equiv="Content-Security-Policy" content="script-src 'self' 'unsafe-inline' https://cdn.other.com; object-src 'none'; base-uri 'self'; frame-ancestors 'none'">
    <script src="https://cdn.other.com/a.js"></script>
    <template><script src="https://cdn.other.com/b.js"></script></template></head><body>
    <script>document.body.insertAdjacentHTML('beforeend', '<link rel="stylesheet" href="https://cdn.other.com/a.css">')</script></body></html>`);
  expect(found).toEqual([
    'csp-unsafe-inline content-security-policy',
    'csp-meta-ignored meta: frame-ancestors',
    'cookie-not-httponly cookie sid',
    'sri-missing-script html > head > script:nth-of-type(1)',
    'sri-missing-style html > body > link:nth-of-type(1)',
  ]);
});
