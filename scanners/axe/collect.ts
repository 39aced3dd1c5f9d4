import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { StateContext } from '@stageflow/engine/sdk';
import type { Frame } from 'playwright-core';
import { type AxeRaw, type AxeRule, MOST_NODES } from './result.ts';

/** Everything axe has but rules of level AAA and experimental ones. */
const OPTIONS = {
  runOnly: {
    type: 'tag',
    values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'],
  },
  // Passes are named, not listed node by node: on a page of 50,000 elements their selectors alone take minutes.
  resultTypes: ['violations', 'incomplete'],
} as const;

let source: Promise<string> | null = null;

/** axe-core's own build, read once. */
function axeSource(): Promise<string> {
  source ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  return source;
}

/** axe inside a page; only what is called here. */
interface Axe {
  runPartial(context: unknown, options: unknown): Promise<unknown>;
  finishRun(partials: unknown[], options: unknown): Promise<unknown>;
  run(context: unknown, options: unknown): Promise<unknown>;
  utils: {
    getFrameContexts(context: unknown, options: unknown): { frameSelector: unknown; frameContext: unknown }[];
    shadowSelect(selector: unknown): unknown;
  };
}

declare const axe: Axe;
declare const document: unknown;

/** A page may bring an axe of its own; ours must be the one that answers, and the page's must be there again afterwards. */
const inject = async (frame: Frame): Promise<void> => {
  await frame.evaluate(await axeSource());
};

type Partial = unknown;

/** Runs axe in one frame and, depth first, in the frames within; null stands for a frame that could not be looked into. */
async function partials(
  frame: Frame,
  context: unknown,
  missed: { count: number },
  signal: AbortSignal,
): Promise<Partial[]> {
  signal.throwIfAborted();
  await inject(frame);
  const { result, frames } = await frame.evaluate(
    async ({ context, options }) => {
      const at = context ?? document;
      // Frames must be listed before the run: axe marks what it has seen.
      const frames = axe.utils.getFrameContexts(at, options);
      return { result: await axe.runPartial(at, options), frames };
    },
    { context, options: OPTIONS },
  );
  const results: Partial[] = [result];
  for (const { frameSelector, frameContext } of frames) {
    let child: Frame | null = null;
    try {
      const handle = await frame.evaluateHandle((selector) => axe.utils.shadowSelect(selector), frameSelector);
      child = (await handle.asElement()?.contentFrame()) ?? null;
      await handle.dispose();
      if (!child) throw new Error('no frame');
      results.push(...(await partials(child, frameContext, missed, signal)));
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      missed.count += 1;
      results.push(null);
    }
  }
  return results;
}

interface RawRule extends Omit<AxeRule, 'nodeCount'> {}

interface RawResult {
  readonly testEngine: { readonly version: string };
  readonly url: string;
  readonly violations: readonly RawRule[];
  readonly incomplete: readonly RawRule[];
  readonly passes: readonly RawRule[];
  readonly inapplicable: readonly RawRule[];
}

const cut = (text: unknown, max: number) => (typeof text === 'string' ? text.slice(0, max) : '');

/** Keeps what the audit reads: passes become counts, markup and messages are capped. */
export function trim(result: RawResult, framesMissed: number): AxeRaw {
  const checks = (list: RawRule['nodes'][number]['any']) =>
    list.map(({ id, message, data }) => ({
      id,
      message: cut(message, 1000),
      data: JSON.stringify(data ?? null).length > 4000 ? null : (data ?? null),
    }));
  const rule = (r: RawRule): AxeRule => ({
    id: r.id,
    impact: r.impact,
    tags: r.tags,
    help: r.help,
    description: r.description,
    helpUrl: r.helpUrl,
    nodeCount: r.nodes.length,
    nodes: r.nodes.slice(0, MOST_NODES).map((n) => ({
      target: n.target,
      html: cut(n.html, 2048),
      impact: n.impact ?? null,
      failureSummary: cut(n.failureSummary, 2000),
      any: checks(n.any),
      all: checks(n.all),
      none: checks(n.none),
    })),
  });
  return {
    version: result.testEngine.version,
    url: result.url,
    violations: result.violations.map(rule),
    incomplete: result.incomplete.map(rule),
    passes: result.passes.map((r) => r.id),
    inapplicable: result.inapplicable.map((r) => r.id),
    framesMissed,
  };
}

/** Runs axe in the page and all its frames, as it was loaded or in a state that was reached by acting on it. */
export async function collect(ctx: Pick<StateContext, 'page' | 'signal'>): Promise<AxeRaw> {
  const main = ctx.page.mainFrame();
  if (main.childFrames().length === 0) {
    await inject(main);
    const result = await main.evaluate((options) => axe.run(document, options), OPTIONS);
    return trim(result as RawResult, 0);
  }
  const missed = { count: 0 };
  const parts = await partials(main, null, missed, ctx.signal);
  const result = await main.evaluate(({ parts, options }) => axe.finishRun(parts, options), {
    parts,
    options: OPTIONS,
  });
  return trim(result as RawResult, missed.count);
}
