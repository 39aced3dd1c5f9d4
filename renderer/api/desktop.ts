import type { CallAnswer, CallInput, Desktop, OpenCall } from '../../main/ipc/contract.ts';
import { Problem } from './problem.ts';

/** What the desktop app puts into its window; null in a browser. */
export const desktop: Desktop | null = (globalThis as { readonly stageflow?: Desktop }).stageflow ?? null;

/** Asks the desktop app, or throws a `Problem` with its sentence. */
export async function askDesktop<K extends OpenCall>(
  from: Desktop,
  name: K,
  input: CallInput<K>,
): Promise<CallAnswer<K>> {
  const outcome = await from.call(name, input);
  if (!outcome.ok) throw new Problem(outcome.code, outcome.sentence);
  return outcome.answer;
}
