import { describe, expect, it } from 'vitest';
import { createEgress } from '../../../engine/egress/index.ts';
import { canonicalHost, parseHost } from '../../../engine/kernel/index.ts';
import { PUBLISHED_HOSTS } from './published-hosts.ts';
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

describe('E9 the published host tables of the URL standard', () => {
  /** Broken Punycode of plain letters: no browser sends it, and whoever does means these very letters to DNS. */
  const lettersAlone = (spelling: string) => /^[a-z0-9.=-]*xn--[a-z0-9.=-]*$/i.test(spelling);
  const dial = async (authority: string, names: readonly string[]) => {
    const world = worldOf({ names: Object.fromEntries(names.map((name) => [name, ['93.184.216.34']])) });
    const answer = await createEgress({ kind: 'web', allowHosts: [], allowAssets: [] }, world.ports).dial(authority);
    return { answer, ...world };
  };

  it.each(PUBLISHED_HOSTS)('E9 %j means %j to the parser that reads links and redirects', (spelling, host) => {
    const read = URL.canParse(addressOf(spelling)) ? new URL(addressOf(spelling)).hostname : null;
    if (host === null && lettersAlone(spelling)) expect([null, spelling.toLowerCase()]).toContain(read);
    else expect(read).toBe(host);
  });

  it.each(PUBLISHED_HOSTS)('E9 %j as a raw target reaches %j or nothing', async (spelling, host) => {
    const meant = host?.replace(/\.$/, '') ?? null;
    const { asked, dialled, answer } = await dial(`${spelling}:443`, meant === null ? [] : [meant]);
    const own = host === null && lettersAlone(spelling) ? [spelling.toLowerCase()] : [];
    expect(asked.filter((name) => name !== meant && !own.includes(name))).toEqual([]);
    if (host === null) expect(answer.ok).toBe(false);
    // An address in any other spelling than its own is no name to be asked for and none to be dialled.
    if (meant !== null && /^[\d.]+$|^\[/.test(meant)) {
      expect(asked).toEqual([]);
      expect(dialled.filter((place) => place !== `${meant}:443`)).toEqual([]);
    }
  });

  it.each(PUBLISHED_HOSTS.flatMap(([, host]) => (host === null ? [] : [[host] as const])))(
    'E9 %j, as a browser sends it, is that host or is refused',
    async (host) => {
      const name = host.replace(/\.$/, '');
      const { asked, dialled } = await dial(`${host}:443`, [name]);
      expect([[], [name]]).toContainEqual(asked);
      const place = asked.length === 0 ? `${name}:443` : '93.184.216.34:443';
      expect(dialled.filter((one) => one !== place)).toEqual([]);
    },
  );
});
