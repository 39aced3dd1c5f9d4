import type { Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  /** Microseconds of the processor that the thread itself used; other programs on the machine do not count. */
  readonly tdur?: number;
  /** Microseconds from its beginning to its end. */
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name?: string };
}

/** Tasks of a page's main thread while something happened; the longest in milliseconds of its own processor time, and by the clock. */
export async function watchTasks(
  page: Page,
  meanwhile: () => Promise<void>,
): Promise<{ readonly longest: number; readonly longestByClock: number; readonly count: number }> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] },
  });
  await meanwhile();
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.end');
  await complete;
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = events.filter(({ name, pid, tid }) => name.endsWith('RunTask') && mains.has(`${pid} ${tid}`));
  if (tasks.length === 0) throw new Error('the trace holds no tasks of the page');
  const longest = (lengths: readonly number[]) => Math.max(...lengths) / 1000;
  return {
    longest: longest(tasks.map(({ tdur = 0 }) => tdur)),
    longestByClock: longest(tasks.map(({ dur = 0 }) => dur)),
    count: tasks.length,
  };
}
