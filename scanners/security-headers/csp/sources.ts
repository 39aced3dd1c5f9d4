import { effective, type Policy } from './parse.ts';

/** Fallback order of the directives that say which scripts may run. */
export const SCRIPT_ELEMENTS = ['script-src-elem', 'script-src', 'default-src'] as const;
export const SCRIPT_ATTRIBUTES = ['script-src-attr', 'script-src', 'default-src'] as const;
export const SCRIPT_EVAL = ['script-src', 'default-src'] as const;
export const OBJECTS = ['object-src', 'default-src'] as const;

const has = (tokens: readonly string[], keyword: string) => tokens.some((token) => token.toLowerCase() === keyword);
const NONCE_OR_HASH = /^'(?:nonce-[A-Za-z0-9+/_-]+={0,2}|sha(?:256|384|512)-[A-Za-z0-9+/_-]+={0,2})'$/i;

/** True when the list lets an inline script run whatever it says (CSP 3, 6.7.3.2). */
export function allowsAllInline(tokens: readonly string[]): boolean {
  return (
    has(tokens, "'unsafe-inline'") &&
    !has(tokens, "'strict-dynamic'") &&
    !tokens.some((token) => NONCE_OR_HASH.test(token))
  );
}

/** True when the list has a nonce or `'strict-dynamic'`, so that relative script addresses are trusted wherever the base points. */
export function trustsByNonce(tokens: readonly string[]): boolean {
  return has(tokens, "'strict-dynamic'") || tokens.some((token) => /^'nonce-/i.test(token));
}

/** True when the list lets scripts be built from text. */
export function allowsEval(tokens: readonly string[]): boolean {
  return has(tokens, "'unsafe-eval'");
}

/** True when the list allows nothing at all. */
export function allowsNothing(tokens: readonly string[]): boolean {
  return tokens.length === 0 || (tokens.length === 1 && has(tokens, "'none'"));
}

const EVERY_HOST = /^(?:\*|https?:|(?:https?:\/\/)?\*(?::\*)?\/?)$/i;

/** The first token that trusts every host, or `data:` where that counts; null when there is none. */
export function wideSource(tokens: readonly string[], countData: boolean): string | null {
  if (has(tokens, "'strict-dynamic'")) return null;
  return tokens.find((token) => EVERY_HOST.test(token) || (countData && /^data:$/i.test(token))) ?? null;
}

/** True when the policy says which scripts may run, a sandbox without scripts included. */
export function limitsScripts(policy: Policy): boolean {
  const sandbox = effective(policy, ['sandbox']);
  return effective(policy, SCRIPT_ELEMENTS) !== null || (sandbox !== null && !has(sandbox.tokens, 'allow-scripts'));
}

/**
 * All policies must agree before something runs, so a weakness counts only where every policy that limits it is weak.
 * Gives the directive name and token of the first such policy, or null.
 */
export function weakInAll<T>(
  policies: readonly Policy[],
  names: readonly string[],
  weak: (tokens: readonly string[]) => T | null,
): { name: string; value: T } | null {
  let first: { name: string; value: T } | null = null;
  for (const policy of policies) {
    const list = effective(policy, names);
    if (!list) continue;
    const value = weak(list.tokens);
    if (value === null) return null;
    first ??= { name: list.name, value };
  }
  return first;
}
