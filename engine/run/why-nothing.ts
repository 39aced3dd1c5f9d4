import type { StageflowEvent } from '../event/index.ts';

/** Why a job has nothing to show. */
export interface Nothing {
  readonly code: 'nothing_scanned' | 'all_blocked' | 'host_unresolvable' | 'host_unreachable';
  /** The host, or the reason in words. */
  readonly about: string;
}

/** Reads from the pages' own failures why none could be scanned. Called only when no page was. */
export function whyNothing(events: readonly StageflowEvent[]): Nothing {
  const urls = new Map(
    events.flatMap((e) => (e.type === 'scan.events.page.discovered' ? [[e.data.pageId, e.data.url] as const] : [])),
  );
  const ends = events.flatMap((e) => (e.type === 'scan.events.page.completed' ? [e.data] : []));
  const hostOf = (pageId: string | undefined) => {
    const url = urls.get(pageId ?? '');
    return url !== undefined && URL.canParse(url) ? new URL(url).host : 'the site';
  };
  if (ends.length > 0 && ends.every((end) => end.status === 'blocked')) {
    return { code: 'all_blocked', about: ends[0]?.failure?.sentence ?? 'the site refused every page' };
  }
  const failure = ends.find((end) => end.failure !== null);
  const text = failure?.failure?.sentence ?? '';
  if (/ERR_NAME_NOT_RESOLVED|ENOTFOUND|no address|not resolve/i.test(text))
    return { code: 'host_unresolvable', about: hostOf(failure?.pageId) };
  if (/ERR_CONNECTION|ERR_TIMED_OUT|ERR_ADDRESS_UNREACHABLE|ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|connect/i.test(text)) {
    return { code: 'host_unreachable', about: hostOf(failure?.pageId) };
  }
  return { code: 'nothing_scanned', about: text };
}
