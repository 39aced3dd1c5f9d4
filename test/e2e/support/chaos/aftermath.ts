import type { ArtifactStore } from '../../../../engine/artifact/index.ts';
import type { StageflowEvent } from '../../../../engine/event/index.ts';
import type { Ledger } from '../../../../engine/ledger/index.ts';
import { canonicalJson, reduceAll } from '../../../../engine/view/index.ts';

const LAST_WORDS: ReadonlySet<string> = new Set(['jobs.events.completed', 'jobs.events.failed']);

/** What is wrong with the history of a job, in sentences; a job whose history is whole gives none. */
export function faultsOfHistory(ledger: Ledger, id: string): string[] {
  const job = ledger.job(id);
  const events = ledger.events(id);
  const faults: string[] = [];
  const check = (holds: boolean, fault: string) => holds || faults.push(`${id}: ${fault}`);
  const last = events.filter((event) => LAST_WORDS.has(event.type)).map((event) => event.type);
  const wanted = job?.state === 'DONE' ? 'jobs.events.completed' : 'jobs.events.failed';
  check(last.length === 1 && last[0] === wanted, `it is ${job?.state} and its last words are ${last.join(', ')}`);
  check(
    events.every((event, at) => event.seq === at + 1),
    'its events are not numbered without a gap',
  );
  const cells = events.flatMap((event) => (event.type === 'scan.events.cell.completed' ? [event] : []));
  const names = cells.map(({ data }) => `${data.pageId}/${data.scanner}`);
  check(new Set(names).size === names.length, `a cell ended twice: ${names.join(' ')}`);
  const stored = ledger.view(id);
  check(stored?.json === canonicalJson(reduceAll(null, events)), 'its stored view is not what its events give');
  return faults;
}

/** Cells that were handed out although they were finished already, by the log (STAGEFLOW_LOG=debug) and the ledger. */
export function scannedTwice(words: string, histories: ReadonlyMap<string, readonly StageflowEvent[]>): string[] {
  const finished = new Map<string, number>();
  for (const [id, events] of histories)
    for (const event of events)
      if (event.type === 'scan.events.cell.completed')
        finished.set(`${id}/${event.data.pageId}/${event.data.scanner}`, event.time);
  return words.split('\n').flatMap((line) => {
    if (!line.startsWith('{') || !line.endsWith('}') || !line.includes('"work handed out"')) return [];
    const { time, jobId, cells } = JSON.parse(line) as { time: string; jobId: string; cells: readonly string[] };
    return cells
      .map((cell) => `${jobId}/${cell}`)
      .filter((cell) => Date.parse(time) > (finished.get(cell) ?? Infinity));
  });
}

/** The last complaints about a job in the log, for a run that went wrong. */
export function lastWords(words: string, id: string): string[] {
  return words
    .split('\n')
    .filter((line) => line.includes(id) && /"level":"(warn|error)"/.test(line))
    .slice(-8);
}

/** Objects that an event names and the store has not, or not of that size. */
export async function missingObjects(store: ArtifactStore, events: readonly StageflowEvent[]): Promise<string[]> {
  const missing: string[] = [];
  for (const event of events) {
    if (event.type !== 'scan.events.cell.completed') continue;
    const { raw, findings, evidence } = event.data;
    for (const named of [raw, findings, ...evidence]) {
      if (named === null) continue;
      const found = await store.head('scanner-artifacts', named.key);
      if (found?.size !== named.size) missing.push(named.key);
    }
  }
  return missing;
}

/** Objects of the store that belong to none of these jobs. */
export async function strayObjects(store: ArtifactStore, jobs: ReadonlySet<string>): Promise<string[]> {
  const stray: string[] = [];
  for await (const { key } of store.list('scanner-artifacts', ''))
    if (!jobs.has(key.split('/')[0] ?? '')) stray.push(key);
  for await (const { key } of store.list('scanner-staging', ''))
    if (!jobs.has(key.split('/')[1] ?? '')) stray.push(key);
  return stray;
}
