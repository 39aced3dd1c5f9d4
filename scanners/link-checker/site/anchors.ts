import type { MissingAnchor } from '../raw.ts';
import type { Home, ScannedPage } from './targets.ts';

/** The fragment that a link asks for, without text directives; null when it asks for none that could be missing. */
export function fragmentOf(url: string): string | null {
  const at = url.indexOf('#');
  if (at < 0) return null;
  const fragment = url.slice(at + 1).replace(/:~:.*$/s, '');
  if (fragment === '' || /^top$/i.test(fragment) || /^[!/]/.test(fragment)) return null;
  return fragment;
}

/** True when the document has the place (HTML, "find a potential indicated element"). */
export function hasAnchor(anchors: ReadonlySet<string>, fragment: string): boolean {
  if (anchors.has(fragment)) return true;
  try {
    return anchors.has(decodeURIComponent(fragment));
  } catch {
    return false;
  }
}

/** Links whose fragment no scanned page has. Pages that were not rendered, or not read whole, prove nothing. */
export function missingAnchors(
  pages: readonly ScannedPage[],
  home: Home,
  most: number,
): { checked: number; missing: MissingAnchor[] } {
  const places = new Map<string, ReadonlySet<string> | null>();
  for (const { raw } of pages) {
    const anchors = raw.complete && raw.status < 400 ? new Set(raw.anchors) : null;
    places.set(home.normal(raw.requestedUrl), anchors);
    places.set(home.normal(raw.url), anchors);
  }
  const missing: MissingAnchor[] = [];
  let checked = 0;
  for (const { id, raw } of pages) {
    for (const link of raw.links) {
      if (link.url === null || link.control || !/^https?:/.test(link.url)) continue;
      const fragment = fragmentOf(link.url);
      const anchors = fragment === null ? null : places.get(home.normal(link.url));
      if (fragment === null || !anchors) continue;
      checked++;
      if (hasAnchor(anchors, fragment) || missing.length >= most) continue;
      const url = `${home.normal(link.url)}#${fragment}`;
      const { selector, snippet, box } = link;
      missing.push({ pageId: id, selector, snippet, box, url, fragment });
    }
  }
  return { checked, missing };
}
