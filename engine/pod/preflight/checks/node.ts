import { broken, ok } from '../check.ts';
import type { Check, CheckResult } from '../check.ts';
import { isAtLeast } from '../version.ts';

/** The Node that runs this very program. */
export const node: Check = {
  id: 'node',
  title: 'Node',
  run: () => nodeResult(process.version, process.execPath),
};

/** Judges a Node by its version. */
export function nodeResult(version: string, execPath: string): CheckResult {
  if (isAtLeast(version, '24.11.0')) return ok(`${version} at ${execPath}.`);
  return broken(`${version} is too old; 24.11 or newer is needed. The launcher brings one.`, './stageflow doctor');
}
