import { beforeAll, describe, expect, it } from 'vitest';
import { rules } from '../audit.ts';
import { type Acted, document, manifest, openActing } from './acting.ts';
import { PAGES } from './pages.ts';
import { nextOf, type Script } from './stand-in-model.ts';

/** Each run waits for its page most of the time. */
const SIDE_BY_SIDE = 6;

const USE = { requests: 1, tokens: 100, usd: null, most: { requests: 9, tokens: 9000, usd: 1 }, model: 'stand-in' };

let fails: Map<string, Acted>;
let passes: Map<string, Acted>;
beforeAll(async () => {
  const acting = await openActing();
  const act = (body: string, script?: Script) =>
    acting.act({
      files: document(body),
      ...(script === undefined ? {} : { options: { goal: 'see the price' } }),
      plan: async ({ step, elements, text }) => {
        const shown = [...elements.map(({ ref, role, name }) => `[${ref}] ${role} "${name}"`), text].join('\n');
        return { ok: true, action: nextOf(script ?? [], step, shown), use: USE };
      },
    });
  [fails, passes] = [new Map(), new Map()];
  const queue = PAGES.flatMap((page) => [
    async () => void fails.set(page.rule, await act(page.fails, page.script)),
    async () => void passes.set(page.rule, await act(page.passes, page.script)),
  ]);
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await next();
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  await acting.close();
});

const said = (acted: Acted | undefined) =>
  acted?.cell.findings.map((f) => ({ rule: f.rule, at: f.occurrences[0]?.selector ?? '', outcome: f.outcome }));

describe('the rules of the navigator', () => {
  it('are all in the manifest, and each has its pages', () => {
    expect(Object.keys(rules).toSorted()).toEqual(Object.keys(manifest.rules).toSorted());
    expect(PAGES.map((page) => page.rule).toSorted()).toEqual(Object.keys(rules).toSorted());
  });

  it.each(PAGES)('$rule is found where it is broken, and nothing else', ({ rule, at, says, outcome = 'fail' }) => {
    expect(said(fails.get(rule))).toEqual([{ rule, at, outcome }]);
    expect(fails.get(rule)?.cell.findings[0]?.occurrences[0]?.message).toContain(says);
  });

  it.each(PAGES)('$rule is silent where it is kept, and so is every other', ({ rule }) => {
    expect(said(passes.get(rule))).toEqual([]);
  });
});
