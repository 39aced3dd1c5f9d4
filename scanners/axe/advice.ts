import { clip } from '@stageflow/engine/sdk';
import type { AxeCheck, AxeNode, AxeRule } from './result.ts';

/** Most characters of an advice: what does not fit is on the page behind `helpUrl`. */
export const ADVICE_CHARACTERS = 400;

const MORE = 'See the linked page for more.';

/**
 * What to do about a rule, in whole sentences: its purpose, then what failed on every one of its places; a value measured on one of them
 * would be false for the others. What must all be mended comes before the alternatives of which one is enough.
 */
export function howToFix(rule: AxeRule): string {
  const sentences = [
    sentence(rule.description),
    ...group(
      'Fix all of the following',
      shared(rule, ({ all, none }) => [...all, ...none]),
    ),
    ...group(
      'Fix any of the following',
      shared(rule, ({ any }) => any),
    ),
  ];
  return fit(sentences.length > 1 ? sentences : [...sentences, MORE]);
}

/** Checks of the first place that say the same on every other. */
function shared({ nodes }: AxeRule, checksOf: (node: AxeNode) => readonly AxeCheck[]): readonly AxeCheck[] {
  const [first, ...others] = nodes.map(checksOf);
  return (first ?? []).filter(({ message }) =>
    others.every((checks) => checks.some((other) => other.message === message)),
  );
}

/** The reasons of a list of checks; the first bears the lead, which one reason alone does not need. */
function group(lead: string, checks: readonly AxeCheck[]): string[] {
  const reasons = checks.map((check) => check.message.trim()).filter((message) => message !== '');
  return reasons.map((reason, i) => sentence(i > 0 ? reason : `${reasons.length > 1 ? lead : 'Fix this'}: ${reason}`));
}

const sentence = (text: string) => {
  const line = text.replace(/\s+/g, ' ').trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
};

function fit(sentences: readonly string[]): string {
  const whole = sentences.join(' ');
  if (whole.length <= ADVICE_CHARACTERS) return whole;
  const room = ADVICE_CHARACTERS - MORE.length - 1;
  let kept = clip(sentences[0] ?? '', room);
  for (const next of sentences.slice(1)) {
    if (kept.length + 1 + next.length > room) break;
    kept += ` ${next}`;
  }
  return `${kept} ${MORE}`;
}
