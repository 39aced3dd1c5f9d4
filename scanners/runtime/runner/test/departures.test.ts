import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { watchDepartures } from '../departures.ts';

/** A tab whose page leads to `inside.test`, which the guard refuses; all else is open. */
function tab() {
  const cdp = new EventEmitter();
  const departures = watchDepartures(cdp as unknown as Parameters<typeof watchDepartures>[0], 'F');
  const begin = () =>
    departures.begin(async (url) => (url.startsWith('http://inside.test/') ? 'it is in a private network' : null));
  begin();
  const schedules = (url: string, frameId = 'F') => cdp.emit('Page.frameScheduledNavigation', { frameId, url });
  return { departures, begin, schedules };
}

it('E7 lets the visit’s own navigation and its redirects go', async () => {
  const { departures } = tab();
  expect(await departures.refusal({ networkId: '1', url: 'http://site.test/' })).toBeNull();
  expect(await departures.refusal({ networkId: '1', url: 'http://inside.test/' })).toBeNull();
  expect([...departures.held()]).toEqual([]);
});

it('E7 keeps the page from what the guard refuses, once it has loaded, and lets it go elsewhere', async () => {
  const { departures, begin } = tab();
  await departures.refusal({ networkId: '1', url: 'http://site.test/' });
  expect(await departures.refusal({ networkId: '2', url: 'http://other.test/' })).toBeNull();
  let told = false;
  const refusal = departures.refusal({ networkId: '3', url: 'http://inside.test/#a' }).then((reason) => {
    told = true;
    return reason;
  });
  await departures.kept();
  expect(told).toBe(false);
  departures.loaded();
  expect(await refusal).toBe('it is in a private network');
  expect([...departures.held()]).toEqual([['http://inside.test/', 'it is in a private network']]);
  begin();
  expect([...departures.held()]).toEqual([]);
});

it('E7 keeps a page that is looked at, wherever it leads', async () => {
  const { departures } = tab();
  await departures.refusal({ networkId: '1', url: 'http://site.test/' });
  departures.loaded();
  departures.stay();
  expect(await departures.refusal({ networkId: '2', url: 'http://other.test/' })).toMatch(/looked at as it stood/);
});

it('E7 notes where a page leads off the web, in its own frame', () => {
  const { departures, schedules } = tab();
  schedules('http://inside.test/');
  schedules('file:///etc/passwd');
  schedules('ftp://site.test/', 'another frame');
  expect([...departures.held().keys()]).toEqual(['file:///etc/passwd']);
});
