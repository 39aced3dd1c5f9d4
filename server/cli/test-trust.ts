import type { LocalEngineOptions } from '@stageflow/engine';

type TestTrust = LocalEngineOptions['surroundings']['testTrust'];

let trust: TestTrust = null;

/**
 * For the project's own tests: keys that the runners of this process trust beside the usual ones. No variable, option or file of the
 * product leads here; only code that is loaded into the process before it can call it.
 */
export function trustForTests(given: TestTrust): void {
  trust = given;
}

/** What `trustForTests` was given; null in every run of the product. */
export function testTrust(): TestTrust {
  return trust;
}
