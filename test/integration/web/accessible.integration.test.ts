import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportOf, storeSharedJob } from '../server/shared-job.ts';
import { type Look, startWeb, type Web } from './web.ts';
import { wideJob } from './wide-job.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let web: Web;
let running: string;
let ended: string;
let reported: string;
beforeAll(async () => {
  web = await startWeb({ pods: 'frozen' });
  const job = await wideJob(web.server, 'Shop');
  job.find(1, 12);
  for (let n = 0; n < 8; n += 1) {
    job.load(n);
    for (let module = 0; module < 6 - (n % 3); module += 1) job.cell(n, module);
  }
  running = job.id;
  const over = await wideJob(web.server, 'Shop that is over');
  over.load(1);
  over.end();
  ended = over.id;
  reported = await storeSharedJob(web.server);
  const admin = web.server.token(['admin']);
  await web.server.call(admin, 'POST', '/api/v1/webhooks', { url: 'https://ci.example/hook' });
  await web.server.call(admin, 'POST', '/api/v1/ignores', { fingerprint: 'abcdef', reason: 'A reason' });
});
afterAll(() => web?.close());

/** What axe says of a page: WCAG 2.2 at A and AA, text contrast at AAA, and good practice. */
async function judge(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(`axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    rules: { 'color-contrast-enhanced': { enabled: true } },
  }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target.join(' ') + ' ' + failureSummary)))`);
  return found as readonly string[];
}

const LOOKS: readonly (Look & { readonly name: string })[] = [
  { name: 'light', width: 1280 },
  { name: 'dark', width: 1280, dark: true },
  { name: 'narrow', width: 320 },
];

const SCREENS: readonly {
  readonly name: string;
  readonly path: () => string;
  readonly ready: (page: Page) => Promise<void>;
}[] = [
  { name: 'the runs', path: () => '/', ready: (page) => page.getByRole('table').waitFor() },
  { name: 'a new scan', path: () => '/playground', ready: (page) => page.getByText('Modules').first().waitFor() },
  {
    name: 'a new scan with a fault',
    path: () => '/playground',
    ready: async (page) => {
      await page.getByRole('textbox', { name: 'Addresses' }).fill('ftp://x');
      await page.getByText('More:').click();
      await page.getByRole('checkbox', { name: /^Lighthouse/ }).uncheck();
    },
  },
  { name: 'a run', path: () => `/scan/${running}`, ready: (page) => page.getByText('Images must').first().waitFor() },
  {
    name: 'a cell of a run',
    path: () => `/scan/${running}`,
    ready: async (page) => {
      await page.getByRole('gridcell', { name: '3 found, worst critical' }).first().click();
      await page.getByRole('dialog').getByText('no alt attribute').waitFor();
    },
  },
  {
    name: 'a run with its log',
    path: () => `/scan/${running}`,
    ready: async (page) => {
      await page.getByRole('button', { name: 'Show the log' }).click();
      await page.getByRole('list', { name: 'Log of the run' }).waitFor();
    },
  },
  {
    name: 'a run that is over',
    path: () => `/scan/${ended}`,
    ready: (page) =>
      page
        .getByText(/^Scanned/)
        .first()
        .waitFor(),
  },
  { name: 'a report', path: () => `/scan/${reported}/report`, ready: (page) => page.getByText('Fix first').waitFor() },
  {
    name: 'the findings of a report',
    path: () => `/scan/${reported}/report#/findings`,
    ready: (page) => page.getByRole('heading', { level: 1, name: 'Findings' }).waitFor(),
  },
  {
    name: 'a finding that is being set aside',
    path: () => `/scan/${reported}/report#/findings/${reportOf(reported).findings[0]?.id}`,
    ready: async (page) => {
      await page.getByRole('button', { name: 'Set aside' }).click();
      await page.getByRole('textbox', { name: 'Reason' }).waitFor();
    },
  },
  {
    name: 'what is set aside',
    path: () => `/scan/${reported}/report#/aside`,
    ready: (page) => page.getByRole('heading', { level: 1, name: 'Set aside' }).waitFor(),
  },
  {
    name: 'a comparison',
    path: () => '/compare',
    ready: (page) => page.getByRole('heading', { level: 1 }).waitFor(),
  },
  {
    name: 'the doctor',
    path: () => '/doctor',
    ready: (page) => page.getByText('Check again').waitFor({ timeout: 60_000 }),
  },
  {
    name: 'the settings',
    path: () => '/settings',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Remove https://ci.example/hook' }).waitFor();
      await page.getByText('What it was told').click();
      await page.getByText('Nothing yet.').waitFor();
      await page.getByText('A reason').waitFor();
    },
  },
  { name: 'no screen', path: () => '/nothing', ready: (page) => page.getByText('There is no such screen').waitFor() },
  {
    name: 'the palette',
    path: () => '/settings',
    ready: async (page) => {
      await page.getByText('Sign out').waitFor();
      await page.keyboard.press('Control+k');
      await page.getByRole('menuitem').first().waitFor();
    },
  },
  {
    name: 'the shortcuts',
    path: () => '/settings',
    ready: async (page) => {
      await page.getByText('Sign out').waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
    },
  },
];

describe('axe finds nothing, and nothing scrolls sideways, on', () => {
  for (const { name, path, ready } of SCREENS) {
    it.each(LOOKS)(`${name}, $name`, async (look) => {
      const { context, page } = await web.signedIn(path(), ['admin'], look);
      await ready(page);
      expect(await judge(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      await context.close();
    });
  }

  it.each(LOOKS)('the sign-in page, $name', async (look) => {
    const { context, page } = await web.visit('/signin', look);
    expect(await judge(page)).toEqual([]);
    await context.close();
  });
});

const EXTREMES: readonly (Look & { readonly name: string })[] = [
  { name: 'on a 4K screen', width: 3840, height: 2160 },
  { name: 'in forced colours', width: 1280, forcedColors: true },
  { name: 'in dark with more contrast', width: 1280, dark: true, moreContrast: true },
];

/** Text that its own box hides without saying so by an ellipsis, and whatever makes the window scroll sideways. */
const CUT = `(() => {
  const told = [];
  if (document.documentElement.scrollWidth > innerWidth) told.push('scrolls sideways by ' + (document.documentElement.scrollWidth - innerWidth));
  for (const element of document.querySelectorAll('body *')) {
    const style = getComputedStyle(element);
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || !element.checkVisibility() || element.clientWidth <= 1 || element.closest('svg, .hidden-text') || style.clipPath !== 'none') continue;
    const hides = ['hidden', 'clip'].includes(style.overflowX) && style.textOverflow !== 'ellipsis' && style.webkitLineClamp === 'none';
    if (hides && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 2))
      told.push('cut: ' + element.tagName + ' ' + element.textContent.slice(0, 50));
  }
  return told;
})()`;

/** What has the focus, and whether anything around it shows that. */
const FOCUS = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const shown = (one) => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none';
  };
  const label = element.closest('label');
  return { name: element.tagName + ' ' + (element.getAttribute('aria-label') ?? element.textContent ?? '').slice(0, 40), seen: shown(element) || (label !== null && shown(label)) };
})()`;

/** What moves by itself, or would: nothing may where less motion is asked for. */
const MOVES = `[...document.querySelectorAll('body *')].flatMap((element) => {
  const { transitionDuration, animationName, animationDuration } = getComputedStyle(element);
  const still = transitionDuration.split(', ').every((time) => parseFloat(time) < 0.01) && (animationName === 'none' || parseFloat(animationDuration) < 0.01);
  return still ? [] : [element.tagName + ' ' + element.className];
})`;

describe('every screen fits, hides no text, shows the focus and keeps still', () => {
  it.each(EXTREMES)('$name', async (look) => {
    const { context, page } = await web.signedIn('/', ['admin'], look);
    const told: string[] = [];
    for (const { name, path, ready } of SCREENS) {
      await page.goto('about:blank');
      await page.goto(`${web.origin}${path()}`);
      await ready(page);
      told.push(...((await page.evaluate(CUT)) as string[]).map((what) => `${name}: ${what}`));
      told.push(...((await page.evaluate(MOVES)) as string[]).map((what) => `${name} moves: ${what}`));
      for (let step = 0; step < 12; step += 1) {
        await page.keyboard.press('Tab');
        const focus = (await page.evaluate(FOCUS)) as { readonly name: string; readonly seen: boolean } | null;
        if (focus?.seen === false) told.push(`${name}: the focus is not seen on ${focus.name}`);
      }
    }
    expect([...new Set(told)]).toEqual([]);
    await context.close();
  });
});
