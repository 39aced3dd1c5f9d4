import type { JobFacts } from '@stageflow/engine/sdk';
import type { LinkFact, PageRaw } from '../raw.ts';
import { type Hit, place } from './check.ts';

type Check = (link: LinkFact, raw: PageRaw, job: JobFacts) => string | null;

const LOCAL = /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\])$/i;
const MISTYPED = /^(?:htt?p?s?|hh?t{1,3}ps?|t?tps?|h?tpps?|https?s):\/\//i;

const empty: Check = ({ href }) => (href.trim() === '' ? 'href is empty' : null);

const malformed: Check = ({ href, url }) => {
  const written = href.trim();
  if (written === '') return null;
  if (/^https?:\/?\/?https?:?\/\//i.test(written)) return 'the scheme stands twice';
  if (/^https?[;,]\/\//i.test(written) || /^https?\/\//i.test(written)) return 'the colon after the scheme is missing';
  if (MISTYPED.test(written) && !/^https?:/i.test(written)) return 'the scheme is mistyped';
  return url === null && written.length <= 4000 ? 'the address cannot be parsed' : null;
};

const insecure: Check = ({ url }, raw, job) => {
  const home = job.source === 'zip' ? job.productionOrigin : raw.url;
  if (url === null || home === null || !url.startsWith('http://')) return null;
  const own = new URL(home);
  return own.protocol === 'https:' && new URL(url).hostname === own.hostname
    ? 'http:// on a site that is served over https'
    : null;
};

const local: Check = ({ href, url }, raw, job) => {
  const written = href.trim();
  if (/^file:/i.test(written)) return 'a file: address works on one machine only';
  if (url === null || !/^(?:https?:)?\/\//i.test(written)) return null;
  const { host, hostname } = new URL(url);
  const page = new URL(raw.url);
  if (!LOCAL.test(hostname) || host === page.host) return null;
  // Someone who scans a server of their own machine means such addresses.
  return job.source === 'urls' && LOCAL.test(page.hostname) ? null : `${host} is the visitor's own machine`;
};

const mailto: Check = ({ href }) => {
  const match = /^\s*mailto:([^?]*)(\?.*)?$/is.exec(href);
  if (!match) return null;
  const [, list = '', query] = match;
  if (list.trim() === '') return query ? null : 'no address';
  let text = list;
  try {
    text = decodeURIComponent(list);
  } catch {
    return 'the address is badly escaped';
  }
  const wrong = text.split(',').find((one) => !/^[^\s@]+@[^\s@]+$/.test(one.trim().replace(/^.*<(.*)>$/, '$1')));
  return wrong === undefined ? null : `“${wrong.trim()}” is no mail address`;
};

const tel: Check = ({ href }) => {
  const match = /^\s*tel:([^;?]*)/i.exec(href);
  if (!match) return null;
  const number = (match[1] ?? '').replace(/%20/gi, ' ').trim();
  if (!/\d/.test(number)) return number === '' ? 'no number' : `“${number}” has no digit`;
  return /[g-z]/i.test(number) ? `“${number}” has letters` : null;
};

const CHECKS: Readonly<Record<string, Check>> = {
  'empty-link-target': empty,
  'malformed-link': malformed,
  'insecure-link': insecure,
  'local-link': local,
  'mailto-invalid': mailto,
  'tel-invalid': tel,
};

/** Pages that send their visitors where no visitor can go; leaving a build for a public site is no fault. */
function departureHits(raw: PageRaw, job: JobFacts): Hit[] {
  const inward = raw.departures.filter(
    ({ url }) => job.source === 'urls' || !/^https?:/i.test(url) || LOCAL.test(URL.parse(url)?.hostname ?? ''),
  );
  return inward.map(({ url, reason }) => ({
    evidence: url,
    occurrences: [place({ url, message: `the page leads to ${url}: ${reason}` })],
  }));
}

/** A link that shows its own local address as text is most often an instruction, and wants a person. */
const showsAddress = (rule: string, link: LinkFact) =>
  rule === 'local-link' && /localhost|127\.0\.0\.1|0\.0\.0\.0/i.test(link.text);

/** Rules on links as they are written: rule id -> hits. */
export function writtenRules(raw: PageRaw, job: JobFacts): Map<string, Hit[]> {
  const found = new Map<string, Hit[]>([['redirect-inward', departureHits(raw, job)]]);
  for (const [rule, check] of Object.entries(CHECKS)) {
    const hits = raw.links.flatMap((link): Hit[] => {
      const message = check(link, raw, job);
      if (message === null) return [];
      const outcome = showsAddress(rule, link) ? 'needs-review' : 'fail';
      const occurrence = place({
        selector: link.selector,
        snippet: link.snippet,
        message,
        ...(link.url === null ? {} : { url: link.url }),
      });
      return [
        {
          evidence: rule === 'empty-link-target' ? link.selector : link.href.trim(),
          occurrences: [occurrence],
          outcome,
        },
      ];
    });
    found.set(rule, hits);
  }
  return found;
}
