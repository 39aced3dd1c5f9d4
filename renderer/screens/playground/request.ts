import type { ScanOptions, UrlJob } from '../../api/schema.ts';
import type { Draft } from '../../state/draft/slice.ts';
import { localHosts, readAddresses } from './addresses.ts';

/** What keeps a scan from being started, in a sentence; null when nothing does. */
export function hindrance(draft: Draft, chosen: readonly string[]): string | null {
  const { urls, faults } = readAddresses(draft.text);
  if (chosen.length === 0) return 'Choose at least one module.';
  if (draft.file === null && faults.length > 0) {
    return faults.length === 1 ? `Line ${faults[0]?.line} cannot be used.` : `${faults.length} lines cannot be used.`;
  }
  if (draft.file === null && urls.length === 0) return 'Give an address, or an archive.';
  if (draft.maxPages !== '' && !isWhole(draft.maxPages, 1, 100_000))
    return 'The most pages are a number from 1 to 100,000.';
  if (draft.minutes !== '' && !isWhole(draft.minutes, 1, 1440))
    return 'The time limit is a number of minutes from 1 to 1,440.';
  if (draft.siteUrl !== '' && !/^https?:$/.test(URL.parse(draft.siteUrl)?.protocol ?? '')) {
    return 'The production address has to begin with http:// or https://.';
  }
  if (headersOf(draft.headers) === null) return 'Write each header as Name: value, one a line.';
  if (cookiesOf(draft.cookies) === null) return 'Write each cookie as name=value, one a line.';
  return null;
}

function isWhole(text: string, low: number, high: number): boolean {
  return /^\d+$/.test(text.trim()) && Number(text) >= low && Number(text) <= high;
}

/** Headers by name; null when a line is none. */
function headersOf(text: string): Readonly<Record<string, string>> | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => /^\s*([\w-]+)\s*:\s*(.+?)\s*$/.exec(line));
  if (pairs.includes(null)) return null;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
}

/** Cookies in their order; null when a line is none. A value may hold `=` itself. */
function cookiesOf(text: string): readonly { readonly name: string; readonly value: string }[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => /^\s*([^\s=;]+)\s*=\s*([^;]*?)\s*$/.exec(line));
  if (pairs.includes(null)) return null;
  return pairs.map((pair) => ({ name: pair?.[1] ?? '', value: pair?.[2] ?? '' }));
}

const listOf = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '');

/** Options that both kinds of scan have; what was left as usual is left out, so that the server's defaults hold. */
function shared(draft: Draft): ScanOptions {
  return {
    ...(draft.modules === null ? {} : { modules: draft.modules }),
    ...(draft.maxPages === '' ? {} : { maxPages: Number(draft.maxPages) }),
    ...(draft.minutes === '' ? {} : { jobSeconds: Number(draft.minutes) * 60 }),
    ...(draft.lighthouseRuns === 1 ? {} : { lighthouseRuns: draft.lighthouseRuns }),
    ...(draft.label.trim() === '' ? {} : { label: draft.label.trim() }),
    sample: draft.sample,
    device: draft.device,
  };
}

/** Options of a scan of an archive. */
export function zipOptions(draft: Draft): ScanOptions {
  const hosts = listOf(draft.allowAssets);
  return {
    ...shared(draft),
    ...(hosts.length === 0 ? {} : { allowAssets: hosts }),
    ...(draft.siteUrl === '' ? {} : { siteUrl: draft.siteUrl }),
  };
}

/** The request of a scan of addresses. */
export function urlJob(draft: Draft): UrlJob {
  const { urls } = readAddresses(draft.text);
  const headers = headersOf(draft.headers) ?? {};
  const cookies = cookiesOf(draft.cookies) ?? [];
  const access = {
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(cookies.length === 0 ? {} : { cookies: [...cookies] }),
    ...(draft.storageState === null ? {} : { storageState: draft.storageState.document }),
    ...(draft.user === '' ? {} : { basicAuth: { username: draft.user, password: draft.password } }),
  };
  const allowHosts = draft.allowLocal ? localHosts(urls) : [];
  return {
    ...shared(draft),
    urls,
    mode: draft.follow ? 'crawl' : 'list',
    robots: draft.robots,
    ...(allowHosts.length === 0 ? {} : { allowHosts }),
    ...(Object.keys(access).length === 0 ? {} : { access }),
  };
}
