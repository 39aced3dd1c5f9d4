import { afterAll, expect, it } from 'vitest';
import { ModelSettings } from '../../../engine/model/index.ts';
import { plannerOf } from '../../../engine/run/model.ts';
import { openStandIn } from '../../../scanners/ai-navigator/test/stand-in-model.ts';
import { runRunner } from './engine-double.ts';
import { serveSite } from './loopback-site.ts';

const KEY = 'sk-runner-0123456789';
const GOAL = 'see the price';
const standIn = await openStandIn(new Map([[GOAL, ['Prices', 'see: Ten a head']]]));
afterAll(() => standIn.close());

it('acts in a tab that stays on the site and sends nothing, and asks the engine for the way to a goal', async () => {
  const asked: string[] = [];
  const site = await serveSite({
    routes: {
      '/': (request, response) => {
        asked.push(`${request.method} /`);
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end(`<!doctype html><html lang="en"><head><title>Tours</title><link rel="icon" href="data:,"></head><body><main><h1>Tours</h1>
          <button id="save" onclick="fetch('/save', { method: 'POST', body: 'x' }).catch(() => {})">Save</button>
          <form id="sending" method="post" action="/save" target="_blank"></form><button id="window" onclick="sending.submit()">Save in a window</button>
          <button id="worker" onclick="new Worker('/worker.js')">Save in the background</button>
          <button id="leave" onclick="location.href = 'http://elsewhere.localhost/'">Partners</button>
          <button id="go" onclick="text.hidden = false; logo.hidden = false">Prices</button>
          <p id="text" hidden>Ten a head</p><img id="logo" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="9" height="9" hidden></main></body></html>`);
      },
      '/worker.js': (request, response) => {
        asked.push(`${request.method} /worker.js`);
        response.writeHead(200, { 'content-type': 'text/javascript' });
        response.end("fetch('/save', { method: 'POST', body: 'x' }).catch(() => {})");
      },
      '/save': (request, response) => {
        asked.push(`${request.method} /save`);
        response.end();
      },
    },
  });
  const url = 'http://tours.localhost/';
  const planner = plannerOf(ModelSettings.parse({ url: standIn.url, model: 'stand-in', key: KEY, price: null }))();
  const run = await runRunner({
    assignment: {
      source: 'zip',
      sitePort: site.port,
      siteOrigin: 'http://tours.localhost',
      scanners: [
        { id: 'axe', options: {} },
        { id: 'ai-navigator', options: { goal: GOAL } },
      ],
    },
    urls: [url],
    pageScanners: ['axe'],
    machineScanner: 'ai-navigator',
    plan: (request) => planner.plan(GOAL, request),
  });
  await site.close();
  expect({ exit: run.exitCode, fatal: run.of('fatal') }).toEqual({ exit: 0, fatal: [] });
  expect([...new Set(asked)].toSorted()).toEqual(['GET /', 'GET /worker.js']);
  // The browser itself calls home, and is refused; nothing of the page is dialled.
  expect(run.dialled.filter((authority) => authority.includes('localhost'))).toEqual([]);

  const { facts, findings } = run.findings('ai-navigator', url);
  expect(facts).toMatchObject({ goalReached: true, goalSteps: 1, goalReachedByKeyboard: true, model: 'stand-in' });
  expect(facts['requestsHeldBack']).toBeGreaterThan(0);
  // What axe sees only once the price is shown; the buttons that were kept from leaving and sending did something.
  expect(findings.map((f) => [f.rule, f.occurrences[0]?.selector])).toEqual([['axe/image-alt', '#logo']]);
  const told = [JSON.stringify(run.messages), run.stderr, ...[...run.artifacts.values()].map(String)];
  expect(told.filter((text) => text.includes(KEY))).toEqual([]);
});
