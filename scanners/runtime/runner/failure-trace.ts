import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import type { Access } from './access.ts';
import { type CellDraft, type CellTools, evidencePutter, type PageCellContext, runPageCell } from './cells.ts';
import { openTab, type RequestGuard } from './tab.ts';
import { type VisitRules, visitPage } from './visit.ts';

/** Most failed cells of a job that are run again under a trace, and the largest trace kept, in bytes. */
const MOST_TRACES = 5;
const TRACE_BYTES = 48 * 2 ** 20;

/**
 * Runs failed cells once more in a fresh tab while Playwright traces it. Behind a login nothing is traced: a trace holds headers and cookies
 * as they were sent.
 */
export function createFailureTracer(context: BrowserContext, guard: RequestGuard, access: Pick<Access, 'given'>) {
  let left = access.given ? 0 : MOST_TRACES;
  return {
    /** The cell's second try, with `trace.zip` among its evidence; the first result when no trace may be taken. */
    redo: async (draft: CellDraft, rules: VisitRules, page: PageCellContext, tools: CellTools): Promise<CellDraft> => {
      if (left <= 0) return draft;
      left -= 1;
      const folder = await mkdtemp(join(tmpdir(), 'stageflow-trace-'));
      const path = join(folder, 'trace.zip');
      try {
        await context.tracing.start({ screenshots: true, snapshots: true });
        const again = await secondTry(draft, rules, page, tools, context, guard).finally(() =>
          context.tracing.stop({ path }),
        );
        const bytes = await readFile(path);
        if (bytes.length <= TRACE_BYTES)
          await evidencePutter(tools.channel, draft.scanner.id, page.pageId, again.evidence)('trace.zip', bytes);
        return again;
      } catch (thrown) {
        tools.log.warn('a failed cell could not be traced', { scanner: draft.scanner.id, error: thrown });
        return draft;
      } finally {
        await rm(folder, { recursive: true, force: true }).catch(() => {});
      }
    },
  };
}

async function secondTry(
  draft: CellDraft,
  rules: VisitRules,
  page: PageCellContext,
  tools: CellTools,
  context: BrowserContext,
  guard: RequestGuard,
): Promise<CellDraft> {
  const tab = await openTab(context, guard);
  try {
    const visited = await visitPage(tab, rules);
    if (!visited.ok) return draft;
    return await runPageCell(draft.scanner, { ...page, page: tab.page, visit: visited.visit }, tools);
  } finally {
    await tab.close();
  }
}
