import { readFileSync } from 'node:fs';
import { Manifest } from '@stageflow/engine/sdk';
import { expect, test } from 'vitest';
import { scannerPage } from '../../../test/conformance/scanner-page.ts';
import { audit } from '../audit.ts';
import { collect } from '../collect.ts';

const manifest = Manifest.parse(JSON.parse(readFileSync(new URL('../manifest.json', import.meta.url), 'utf8')));
/** What the scanner says of a document, as `rule selector` lines in order. */
const findingsOf = scannerPage({ manifest, collect, audit });

const HEAD = `<meta charset="utf-8"><title>Blue mugs made by hand</title><meta name="description" content="Mugs that we make.">
  <meta name="viewport" content="width=device-width"><link rel="canonical" href="https://www.shop.com/">`;
const page = (body: string, head = HEAD) =>
  `<!doctype html><html lang="en"><head>${head}</head><body>${body}</body></html>`;

test('a well kept page is left in peace', async () => {
  const found = await findingsOf(
    page(`<h1><img src="data:," alt="Mugs" width="9" height="9"></h1><h2>Large</h2><h4 hidden>Later</h4><div aria-hidden="true"><h6>x</h6><img src="data:,"></div>
      <img src="data:," role="presentation" width="9" height="9"><img src="data:," width="1" height="1"><a href="/mugs" aria-label="Read more about mugs">more</a>
      <a>anchor</a><a href="javascript:void 0" role="button">Open</a><svg><title>icon</title></svg><template><h5>t</h5></template>`),
  );
  // The test serves the page on a loopback address, so its canonical is another site's.
  expect(found).toEqual(['canonical-other-origin html > head > link:nth-of-type(1)']);
});

test('faults in the markup are found where they are', async () => {
  const found = await findingsOf(
    page(
      `<h2>A</h2><h5>B</h5><h3></h3><img id="pic" src="data:," width="9" height="9"><a href="javascript:go()">Go</a><a onclick="go()">Buy</a><a href="/x">Click here</a>
       <div id="host"></div><script>document.querySelector('#host').attachShadow({ mode: 'open' }).innerHTML = '<p><img id="inner" src="data:," width="9" height="9"></p>'</script>
       <div itemscope itemtype="https://schema.org/Event"><b itemprop="name">Fair</b></div>
       <script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"Mug",}</script>`,
      '<title>Blue mugs</title><title>Mugs</title><meta name="robots" content="noindex"><link rel="canonical" href="/">',
    ),
  );
  expect(found.toSorted()).toEqual([
    'canonical-relative html > head > link:nth-of-type(1)',
    'charset-missing',
    'heading-empty html > body > h3:nth-of-type(1)',
    'heading-h1-missing',
    'heading-order html > body > h5:nth-of-type(1)',
    'image-alt #host >>> #inner',
    'image-alt #pic',
    'jsonld-syntax html > body > script:nth-of-type(2)',
    'link-not-crawlable html > body > a:nth-of-type(1)',
    'link-not-crawlable html > body > a:nth-of-type(2)',
    'link-text html > body > a:nth-of-type(3)',
    'meta-description',
    'robots-noindex html > head > meta:nth-of-type(1)',
    'structured-data-required html > body > div:nth-of-type(2)',
    'structured-data-required html > body > div:nth-of-type(2)',
    'title-multiple html > head > title:nth-of-type(2)',
    'viewport-missing',
  ]);
});

test('what only a script shows is judged, and that it does is said', async () => {
  const found = await findingsOf(
    page(
      `<h1>Mugs</h1><script>document.title = 'Red mugs made by hand'; document.querySelector('meta[name=description]').remove();</script>`,
    ),
  );
  expect(found).toContain('meta-description');
  expect(found.filter((line) => line.startsWith('changed-by-script'))).toEqual([
    'changed-by-script title',
    'changed-by-script description',
  ]);
});

test('a page without a doctype is in quirks mode', async () => {
  expect(await findingsOf('<html lang="en"><title>Blue mugs</title><h1>Mugs</h1>')).toContain('doctype-missing');
});
