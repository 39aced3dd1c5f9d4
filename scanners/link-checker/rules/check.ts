import { type Box, clip, type Occurrence } from '@stageflow/engine/sdk';

/** One cause that a rule found. */
export interface Hit {
  /** The address or text that sets this cause apart from others of its rule. */
  readonly evidence: string;
  readonly occurrences: readonly Occurrence[];
  readonly outcome?: 'fail' | 'needs-review';
}

/** Hits of one rule, joined by their evidence, in the order they came. */
export function byEvidence(hits: readonly Hit[]): Hit[] {
  const joined = new Map<string, Hit>();
  for (const hit of hits) {
    const key = clip(hit.evidence, 1024);
    const before = joined.get(key);
    joined.set(key, {
      ...hit,
      ...before,
      evidence: key,
      occurrences: [...(before?.occurrences ?? []), ...hit.occurrences],
    });
  }
  return [...joined.values()];
}

/** An occurrence cut to the caps of the contract. */
export function place(parts: {
  readonly pageId?: string;
  readonly selector?: string;
  readonly snippet?: string;
  readonly url?: string;
  readonly message: string;
  readonly box?: Box | null | undefined;
}): Occurrence {
  return {
    ...(parts.pageId === undefined ? {} : { pageId: parts.pageId }),
    ...(parts.selector === undefined ? {} : { selector: clip(parts.selector, 1024) }),
    ...(parts.snippet === undefined ? {} : { snippet: clip(parts.snippet, 2048) }),
    ...(parts.url === undefined ? {} : { url: clip(parts.url, 4096) }),
    message: clip(parts.message, 2048),
    ...(parts.box ? { box: parts.box } : {}),
  };
}

/** An address as evidence: without the site's own origin, so that a cause keeps its name wherever the build is served. */
export function evidenceOf(url: string, own: readonly (string | null)[]): string {
  const origin = own.find((one) => one !== null && url.startsWith(`${one}/`));
  return origin ? url.slice(origin.length) : url;
}
