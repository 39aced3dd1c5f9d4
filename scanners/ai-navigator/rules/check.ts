import type { Occurrence } from '@stageflow/engine/sdk';
import type { NavigatorRaw, Target } from '../raw.ts';

/** What a check found at one place. */
export interface Hit {
  readonly occurrence: Occurrence;
  readonly outcome?: 'needs-review';
  /** What sets it apart where there is no element. */
  readonly evidence?: string;
}

/** Judges a whole run by one rule. Null: nothing there that the rule is about. */
export type Check = (raw: NavigatorRaw) => Hit[] | null;

/** A control in the words of a finding. */
export const called = ({ role, name, selector }: Pick<Target, 'role' | 'name' | 'selector'>): string =>
  `${role === 'generic' ? 'element' : role} ${name === '' ? selector : `“${name}”`}`;

/** An occurrence at an element. */
export const at = (element: { readonly selector: string; readonly snippet: string }, message: string): Hit => ({
  occurrence: { selector: element.selector, snippet: element.snippet, message },
});

/** The state behind a number, for messages: `` for the page as it was loaded. */
export function within(raw: NavigatorRaw, state: number): string {
  const seen = raw.states[state];
  return seen === undefined || seen.id === 0 ? '' : ` (in: ${seen.label})`;
}

/** Nothing to judge, or the hits. */
export const among = <T>(list: readonly T[], hits: (list: readonly T[]) => Hit[]): Hit[] | null =>
  list.length === 0 ? null : hits(list);
