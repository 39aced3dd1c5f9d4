import { expect, it } from 'vitest';
import { createEgress } from '../../../engine/egress/index.ts';
import { canonicalHost, parseHost } from '../../../engine/kernel/index.ts';
import { addressOf, SPELLED_HOSTS } from './spelled-hosts.ts';
import { worldOf } from './world.ts';

it(`E9 a raw spelling reaches only the host that the URL standard means by it, in ${SPELLED_HOSTS.length} spellings`, async () => {
  const wrong: string[] = [];
  for (const host of SPELLED_HOSTS) {
    const meant = URL.canParse(addressOf(host)) ? canonicalHost(new URL(addressOf(host)).hostname) : null;
    const world = worldOf({ names: meant === null ? {} : { [meant]: ['93.184.216.34'] } });
    const egress = createEgress({ kind: 'web', allowHosts: [], allowAssets: [] }, world.ports);
    const answer = await egress.dial(`${host}:443`);
    const strangers = world.asked.filter((name) => name !== meant);
    if (strangers.length > 0) wrong.push(`${JSON.stringify(host)} asked for ${strangers.join()} and means ${meant}`);
    if (meant === null && answer.ok) wrong.push(`${JSON.stringify(host)} means nothing and was dialled`);
    const typed = parseHost(host);
    if (typed.ok && typed.value !== meant) wrong.push(`${JSON.stringify(host)} typed is ${typed.value}, not ${meant}`);
  }
  expect(wrong).toEqual([]);
  expect(SPELLED_HOSTS.length).toBeGreaterThan(500);
});
