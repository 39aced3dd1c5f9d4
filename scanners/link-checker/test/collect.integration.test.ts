import { readFileSync } from 'node:fs';
import { Manifest } from '@stageflow/engine/sdk';
import { expect, test } from 'vitest';
import { scannerPage } from '../../../test/conformance/scanner-page.ts';
import { audit } from '../audit.ts';
import { collect } from '../collect.ts';

const manifest = Manifest.parse(JSON.parse(readFileSync(new URL('../manifest.json', import.meta.url), 'utf8')));
/** What the scanner says of a document, as `rule selector` lines in order. */
const findingsOf = scannerPage({ manifest, collect, audit });

test('links and failed files are read from a real page, shadow roots included', async () => {
  const found =
    await findingsOf(`<!doctype html><html lang="en"><head><title>t</title><link rel="stylesheet" href="/gone.css"><link rel="icon" href="data:,"></head><body>
    <a href="">empty</a><a href="/fine">fine</a><a href="mailto:nobody">mail</a><img id="pic" src="/gone.png" alt=""><img alt="" src="data:,">
    <div id="host"></div><script>
      document.querySelector('#host').attachShadow({ mode: 'open' }).innerHTML = '<a href="http://https://a.example">twice</a>';
      document.body.append(Object.assign(document.createElement('script'), { src: '/gone.js' }));
      fetch('/gone.json').catch(() => {});
    </script></body></html>`);
  expect(found).toEqual([
    'empty-link-target html > body > a:nth-of-type(1)',
    'malformed-link #host >>> a:nth-of-type(1)',
    'mailto-invalid html > body > a:nth-of-type(3)',
    'broken-image #pic',
    'broken-script html > body > script:nth-of-type(2)',
    'broken-stylesheet html > head > link:nth-of-type(1)',
    'broken-resource /gone.json',
  ]);
});
