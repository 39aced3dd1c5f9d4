import { documentQuiet } from './in-page/index.ts';
import type { Recorder } from './recorder.ts';
import type { Tab } from './tab.ts';

/** Milliseconds without a change of the document, and without a request under way, that count as quiet. */
const QUIET = 120;

/** Waits until a loaded page is quiet, at most `seconds`. False: it never went quiet and was cut. */
export async function settle(tab: Tab, recorder: Recorder, seconds: number): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  for (let left = seconds * 1000; left > 0; left = end - Date.now()) {
    const calm = await tab.inside(documentQuiet, { quiet: QUIET, most: left }, left + 2_000);
    if (!calm) return false;
    if (recorder.inFlight() === 0) return true;
    const rest = end - Date.now();
    if (rest <= 0) return false;
    await Promise.race([recorder.changed(), new Promise<void>((resolve) => setTimeout(resolve, rest).unref())]);
  }
  return false;
}
