/** One serialized policy: directives in order, the first of each name in force. */
export interface Policy {
  /** `header` or `meta`; some directives work only in a header. */
  readonly from: 'header' | 'meta';
  /** Directive name in lower case -> its tokens. */
  readonly directives: ReadonlyMap<string, readonly string[]>;
  /** Names that stand more than once; browsers ignore all but the first. */
  readonly repeated: readonly string[];
}

const ONLY_IN_HEADER = new Set(['frame-ancestors', 'report-uri', 'sandbox']);

/** Reads the policies of one header value or meta content; a comma separates policies, as header values may be joined. */
export function parsePolicies(value: string, from: Policy['from']): Policy[] {
  return value.split(',').flatMap((text) => {
    const directives = new Map<string, readonly string[]>();
    const repeated: string[] = [];
    for (const part of text.split(';')) {
      const [name, ...tokens] = part.trim().split(/[\t\n\f\r ]+/);
      if (!name) continue;
      const key = name.toLowerCase();
      if (directives.has(key)) repeated.push(key);
      else directives.set(key, tokens);
    }
    return directives.size === 0 ? [] : [{ from, directives, repeated }];
  });
}

/** Directives of a meta policy that browsers skip there. */
export function ignoredInMeta(policy: Policy): string[] {
  return policy.from === 'meta' ? [...policy.directives.keys()].filter((name) => ONLY_IN_HEADER.has(name)) : [];
}

/** Tokens of the first of `names` that the policy has and browsers heed, with its name; null when it has none. */
export function effective(
  policy: Policy,
  names: readonly string[],
): { name: string; tokens: readonly string[] } | null {
  for (const name of names) {
    const tokens = policy.directives.get(name);
    if (tokens && !(policy.from === 'meta' && ONLY_IN_HEADER.has(name))) return { name, tokens };
  }
  return null;
}
