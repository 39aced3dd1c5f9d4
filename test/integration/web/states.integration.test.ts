import type { Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactKeys } from '../../../engine/artifact/index.ts';
import { renderJson } from '../../../engine/report/index.ts';
import { reportOf, storeSharedJob } from '../server/shared-job.ts';
import { startWeb, type Web } from './web.ts';
import { wideJob } from './wide-job.ts';

let web: Web;
let reported: string;
let running: string;
let ended: readonly string[];
beforeAll(async () => {
  web = await startWeb({ pods: 'frozen' });
  const job = await wideJob(web.server, 'Shop');
  job.find(1, 4);
  for (let n = 0; n < 3; n += 1) {
    job.load(n);
    for (let module = 0; module < 3; module += 1) job.cell(n, module);
  }
  running = job.id;
  const over = [];
  for (const label of ['Before', 'After']) {
    const one = await wideJob(web.server, label);
    one.end();
    const report = Buffer.from(renderJson(reportOf(one.id)));
    await web.server.engine.store.put('scanner-artifacts', artifactKeys.reportJson(one.id), report);
    over.push(one.id);
  }
  ended = over;
  reported = await storeSharedJob(web.server);
});
afterAll(() => web?.close());

/** A part of a screen that is asked for by itself. */
interface Asked {
  readonly name: string;
  readonly path: () => string;
  /** What the browser asks the server for. */
  readonly request: RegExp;
  /** Brings the part onto the screen. */
  readonly first?: (page: Page) => Promise<void>;
  /** What stands there while the answer is on its way. */
  readonly waiting: RegExp;
  /** What stands there once it has come. */
  readonly there: (page: Page) => Promise<unknown>;
  /** The screen's heading, which stands there from the start; a part of a screen has none of its own. */
  readonly heading?: string;
}

const seen = (text: string | RegExp) => (page: Page) => page.getByText(text).first().waitFor();
const click = (name: string) => (page: Page) => page.getByRole('button', { name }).click();

const ASKED: readonly Asked[] = [
  {
    name: 'who is signed in',
    path: () => '/settings',
    request: /\/api\/v1\/session$/,
    waiting: /^Loading Stageflow…$/,
    there: seen('Sign out'),
    heading: 'Stageflow',
  },
  {
    name: 'the runs',
    path: () => '/',
    request: /\/api\/v1\/jobs\?limit=50$/,
    waiting: /^Loading your runs…$/,
    there: (page) => page.getByRole('table').first().waitFor(),
    heading: 'Runs',
  },
  {
    name: 'a new scan',
    path: () => '/playground',
    request: /\/api\/v1\/scanners$/,
    waiting: /^Loading the modules…$/,
    there: seen('Modules'),
    heading: 'New scan',
  },
  {
    name: 'what a run found',
    path: () => `/scan/${running}`,
    request: /\/findings$/,
    waiting: /^Reading what was found…$/,
    there: seen('Images must have an alternative text'),
  },
  {
    name: 'what a cell found',
    path: () => `/scan/${running}`,
    request: /\/findings\?page=/,
    first: async (page) => {
      await page
        .getByRole('gridcell', { name: /^3 found/ })
        .first()
        .click();
      await page.getByRole('dialog').waitFor();
    },
    waiting: /^Loading what was found…$/,
    there: seen('no alt attribute'),
  },
  {
    name: 'the log of a run',
    path: () => `/scan/${running}`,
    request: /\/events\?/,
    first: click('Show the log'),
    waiting: /^Loading the log…$/,
    there: (page) => page.getByRole('list', { name: 'Log of the run' }).waitFor(),
  },
  {
    name: 'a report',
    path: () => `/scan/${reported}/report`,
    request: /\/api\/v1\/jobs\/\w+\/report$/,
    waiting: /^Loading the report…$/,
    there: seen('Fix first'),
    heading: 'Report',
  },
  {
    name: 'the runs to compare',
    path: () => '/compare',
    request: /\/jobs\?state=DONE/,
    waiting: /^Loading your runs…$/,
    there: (page) => page.getByRole('combobox', { name: 'Before' }).waitFor(),
    heading: 'Compare',
  },
  {
    name: 'a comparison',
    path: () => `/compare?a=${ended[0]}&b=${ended[1]}`,
    request: /\/api\/v1\/compare\?/,
    waiting: /^Loading the comparison…$/,
    there: seen('Nothing changed: the same 1 cause in both.'),
  },
  {
    name: 'the doctor',
    path: () => '/doctor',
    request: /\/api\/v1\/doctor$/,
    waiting: /^Loading the checks of this machine…$/,
    there: (page) => page.getByRole('button', { name: 'Check again' }).waitFor({ timeout: 60_000 }),
  },
  ...(
    [
      ['what is set aside', /\/api\/v1\/ignores$/, 'None is.'],
      ['the tokens', /\/api\/v1\/tokens$/, 'made today'],
    ] as const
  ).map(
    ([what, request, text]): Asked => ({
      name: `${what} in the settings`,
      path: () => '/settings',
      request,
      waiting: new RegExp(`^Loading ${what}…$`),
      there: (page) => page.getByText(text).first().waitFor(),
    }),
  ),
  {
    name: 'the webhooks in the settings',
    path: () => '/settings',
    request: /\/api\/v1\/webhooks$/,
    waiting: /^Loading the webhooks…$/,
    there: (page) => page.getByRole('list', { name: 'Webhooks' }).waitFor({ state: 'attached' }),
  },
  {
    name: 'what a link would show',
    path: () => `/scan/${reported}/report`,
    request: /\/shares\/preview$/,
    first: click('Share'),
    waiting: /^Loading what a link would show…$/,
    there: seen('Whoever has the link sees'),
  },
  {
    name: 'the links there are',
    path: () => `/scan/${reported}/report`,
    request: /\/shares$/,
    first: click('Share'),
    waiting: /^Loading the links there are…$/,
    there: seen('No link opens this report now.'),
  },
];

const REFUSAL = {
  status: 503,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    type: 'about:blank',
    title: 'Busy',
    status: 503,
    detail: 'The ledger is being moved. Try again in a minute.',
    code: 'not_ready',
    requestId: 'request-1',
  }),
} as const;

/** Signs in at a quiet screen, so that the first question of the one under test is asked under the rule. */
async function visit({ path, request, first }: Asked, rule: (route: Route) => unknown) {
  const { context, page } = await web.signedIn('/signin');
  const rules = { on: true };
  await context.route(request, (route) => (rules.on ? rule(route) : route.continue()));
  await page.goto(`${web.origin}${path()}`);
  await first?.(page);
  return { context, page, lift: () => void (rules.on = false) };
}

describe.each(ASKED)('$name', (asked) => {
  it('says that it is on its way, under its own heading', async () => {
    const held: Route[] = [];
    const { context, page, lift } = await visit(asked, (route) => held.push(route));
    await page.getByText(asked.waiting).first().waitFor();
    if (asked.heading !== undefined) await page.getByRole('heading', { level: 1, name: asked.heading }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    lift();
    for (const route of held) await route.continue();
    await asked.there(page);
    await context.close();
  });

  it('gives the sentence of a refusal and what to name, tries again visibly, and is there then', async () => {
    const held: Route[] = [];
    let hold = false;
    const { context, page, lift } = await visit(asked, (route) => (hold ? held.push(route) : route.fulfill(REFUSAL)));
    const alert = page.getByRole('alert').filter({ hasText: 'The ledger is being moved. Try again in a minute.' });
    await alert.first().waitFor();
    hold = true;
    const reload = page.waitForRequest(asked.request);
    await alert.first().getByRole('button', { name: 'Try again' }).press('Enter');
    await reload;
    // Either the button says that it is at work, or the screen that it is on its way.
    await page
      .getByRole('status')
      .filter({ hasText: /asking…|^Loading |^Reading / })
      .first()
      .waitFor();
    lift();
    for (const route of held) await route.continue();
    await asked.there(page);
    expect(await alert.count()).toBe(0);
    await context.close();
  });

  it('says that there is no connection, and is there once there is one', async () => {
    const { context, page, lift } = await visit(asked, (route) => route.abort('connectionrefused'));
    const alert = page.getByRole('alert').filter({ hasText: /The server does not answer|No connection/ });
    await alert.first().waitFor();
    lift();
    // A screen that asks again by itself may have taken the button away before it is pressed.
    const pressed = alert.first().getByRole('button', { name: 'Try again' }).click();
    pressed.catch(() => {});
    await asked.there(page);
    await context.close();
  });
});

describe('a run whose events do not come', () => {
  const stream = /\/stream/;
  it('says that it is on its way, that the connection is lost, and is there when it is found again', async () => {
    const asked = { name: '', path: () => `/scan/${running}`, request: stream, waiting: /./, there: seen('Pages') };
    const { context, page, lift } = await visit(asked, (route) => route.abort('connectionrefused'));
    await page.getByRole('heading', { level: 1, name: 'Scan' }).waitFor();
    await page
      .getByRole('status')
      .filter({ hasText: /Reconnecting/ })
      .waitFor();
    lift();
    await page.getByRole('heading', { level: 1, name: 'Shop' }).waitFor({ timeout: 60_000 });
    await context.close();
  });

  it('says that there is no such run', async () => {
    const { context, page } = await web.signedIn('/scan/01k9x2v7q3m4n5p6r8s9t0w1y2');
    await page.getByRole('alert').getByRole('heading', { level: 1, name: 'That did not work' }).waitFor();
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
    await context.close();
  });
});

describe('a screen with nothing to show says what would be there and where to begin', () => {
  const EMPTY = [
    {
      name: 'the runs',
      path: '/',
      request: /\/jobs\?limit=50$/,
      json: { jobs: [], next: null },
      title: 'No runs yet',
      link: 'Start the first scan',
    },
    {
      name: 'a comparison',
      path: '/compare',
      request: /\/jobs\?state=DONE/,
      json: { jobs: [], next: null },
      title: 'There is nothing to compare yet',
      link: 'Start a scan',
    },
  ] as const;
  it.each(EMPTY)('$name', async ({ path, request, json, title, link }) => {
    const { context, page, trouble } = await web.signedIn('/signin');
    await context.route(request, (route) => route.fulfill({ json }));
    await page.goto(`${web.origin}${path}`);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.getByRole('link', { name: link }).click();
    await page.waitForURL(`${web.origin}/playground`);
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('a run before its first page, and one that found nothing', async () => {
    const { context, page } = await web.signedIn(`/scan/${ended[0]}`);
    await page
      .getByText(/^Scanned /)
      .first()
      .waitFor();
    await page.getByText('The modules found nothing.').waitFor();
    await context.close();
  });
});
