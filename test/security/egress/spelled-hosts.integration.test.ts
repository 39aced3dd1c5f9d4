import { chromium } from 'playwright-core';
import { expect, it } from 'vitest';
import { parseAuthority } from '../../../engine/kernel/index.ts';
import { CHROMIUM } from '../../integration/runner/engine-double.ts';
import { addressOf, SPELLED_HOSTS } from './spelled-hosts.ts';

it(`E9 proxy and browser agree on the host of each address, or it is denied, in ${SPELLED_HOSTS.length} spellings`, async () => {
  // Root may not use Chromium's sandbox; no page is loaded.
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    const page = await browser.newPage();
    const said = await page.evaluate(
      (addresses) =>
        // The page's own URL: Chromium's parser.
        addresses.map((address) => (URL.canParse(address) ? new URL(address).hostname : '')),
      SPELLED_HOSTS.map(addressOf),
    );
    const wrong = SPELLED_HOSTS.flatMap((host, at) => {
      const browsers = said[at] ?? '';
      if (browsers === '') return [];
      // What the browser sends: `host:port` in a CONNECT, and an absolute address that the proxy reads again.
      const authority = parseAuthority(`${browsers}:443`);
      const bare = browsers.replace(/^\[|\]$|\.$/g, '');
      const connects = !authority.ok || authority.value.host === bare;
      const absolute = addressOf(browsers);
      const reads = !URL.canParse(absolute) || new URL(absolute).hostname === browsers;
      return connects && reads ? [] : [`${JSON.stringify(host)}: the browser means ${browsers}`];
    });
    expect(wrong).toEqual([]);
    // Where the engine reads an address itself (links, redirects), its parser must mean the same host, or none.
    const apart = SPELLED_HOSTS.flatMap((host, at) => {
      const engines = URL.canParse(addressOf(host)) ? new URL(addressOf(host)).hostname : '';
      return engines === '' || said[at] === '' || engines === said[at]
        ? []
        : [`${JSON.stringify(host)}: ${engines} ${said[at]}`];
    });
    expect(apart).toEqual([]);
    expect(said.filter((host) => host !== '').length).toBeGreaterThan(200);
  } finally {
    await browser.close();
  }
});
