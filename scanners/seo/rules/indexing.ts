import { forbids } from '../robots.ts';
import { type Check, type Hit, hitAt, hitPage } from './check.ts';

const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;

const missing: Check = ({ raw, canonicals, robots }) => {
  if (robots.noindex) return null;
  const any =
    canonicals.length > 0 || raw.canonicalHeader !== null || raw.links.some((link) => link.rel.includes('canonical'));
  return any ? [] : [hitPage('no canonical link')];
};

const multiple: Check = ({ raw, canonicals }) => {
  const targets = new Set(canonicals.flatMap((link) => link.url ?? []));
  if (raw.canonicalHeader !== null) targets.add(raw.canonicalHeader);
  if (targets.size === 0) return null;
  if (targets.size === 1) return [];
  const list = [...targets].join(', ');
  const [, ...others] = canonicals;
  const places = others.length > 0 ? others : canonicals;
  return [
    {
      occurrences: places.map((link) => ({ ...hitAt(link, `different addresses: ${list}`, link.url).occurrences[0] })),
    },
  ];
};

const invalid: Check = ({ canonicals }) => {
  if (canonicals.length === 0) return null;
  return canonicals
    .filter((link) => link.url === null || !/^https?:/.test(link.url))
    .map((link) => hitAt(link, link.href === '' ? 'href is empty' : `“${link.href.slice(0, 200)}” is no web address`));
};

const relative: Check = ({ canonicals }) => {
  if (canonicals.length === 0) return null;
  return canonicals
    .filter((link) => link.href !== '' && link.url !== null && !ABSOLUTE.test(link.href))
    .map((link) => hitAt(link, `href is “${link.href.slice(0, 200)}”`, link.url));
};

const inBody: Check = ({ raw, canonicals }) => {
  const outside = raw.links.filter((link) => !link.inHead && link.rel.includes('canonical'));
  if (outside.length + canonicals.length === 0) return null;
  return canonicals.length > 0
    ? []
    : outside.map((link) => hitAt(link, 'the canonical link stands in the body', link.url));
};

const bareHost = (url: string) => new URL(url).hostname.replace(/^www\./, '');

const otherOrigin: Check = ({ raw, job, canonicals }) => {
  // The served origin of a build is made up: without its production origin every absolute canonical would look foreign.
  if (job.source === 'zip' && job.productionOrigin === null) return null;
  const [only, ...more] = canonicals;
  if (!only?.url || more.length > 0 || !/^https?:/.test(only.url)) return null;
  const own = new Set([bareHost(raw.url), ...(job.productionOrigin === null ? [] : [bareHost(job.productionOrigin)])]);
  if (own.has(bareHost(only.url))) return [];
  return [{ ...hitAt(only, `the canonical is on ${new URL(only.url).host}`, only.url), outcome: 'needs-review' }];
};

const noindex: Check = ({ robots }) =>
  robots.noindex
    ? robots.rules
        .filter(forbids)
        .slice(0, 3)
        .map((rule): Hit => {
          const said = rule.words.join(', ');
          return rule.meta
            ? hitAt(rule.meta, `${rule.agent}: ${said}`)
            : hitPage(`X-Robots-Tag: ${said}`, 'x-robots-tag');
        })
    : [];

const conflict: Check = ({ robots }) => {
  if (robots.rules.length === 0) return null;
  const hits: Hit[] = [];
  for (const agent of new Set(robots.rules.map((rule) => rule.agent))) {
    const rules = robots.rules.filter((rule) => rule.agent === agent);
    const words = new Set(rules.flatMap((rule) => rule.words));
    for (const [yes, no] of [
      ['index', 'noindex'],
      ['follow', 'nofollow'],
    ] as const) {
      if (!words.has(yes) || !words.has(no)) continue;
      const meta = rules.find((rule) => rule.meta !== null)?.meta;
      const message = `${agent}: ${yes} and ${no}`;
      hits.push(meta ? hitAt(meta, message) : hitPage(message, 'x-robots-tag'));
    }
  }
  return hits;
};

const WORDS = new Set(
  'all index follow noindex nofollow none noarchive nosnippet notranslate noimageindex indexifembedded nocache noodp noydir noyaca nositelinkssearchbox nopagereadaloud noimageclick noai noimageai archive snippet imageindex odp ydir cache'.split(
    ' ',
  ),
);

const invalidWord: Check = ({ robots }) => {
  const metas = robots.rules.filter((rule) => rule.meta !== null);
  if (metas.length === 0) return null;
  return metas.flatMap((rule) => {
    // A date may hold commas, so nothing in such an element can be told apart safely.
    if (rule.words.some((word) => word.startsWith('unavailable_after'))) return [];
    const unknown = rule.words
      .flatMap((word) => word.split(/\s+/))
      .filter(
        (word) =>
          !WORDS.has(word) &&
          !/^(?:max-(?:snippet|image-preview|video-preview))?:?(?:-?\d+|none|standard|large)?$/.test(word),
      );
    return unknown.length > 0 && rule.meta ? [hitAt(rule.meta, `unknown: ${unknown.join(', ')}`)] : [];
  });
};

/** Rules on canonical links and robots. */
export const indexingRules: Readonly<Record<string, Check>> = {
  'canonical-missing': missing,
  'canonical-multiple': multiple,
  'canonical-invalid': invalid,
  'canonical-relative': relative,
  'canonical-in-body': inBody,
  'canonical-other-origin': otherOrigin,
  'robots-noindex': noindex,
  'robots-conflict': conflict,
  'robots-invalid': invalidWord,
};
