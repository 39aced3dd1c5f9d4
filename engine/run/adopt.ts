import type { StageflowEvent } from '../event/index.ts';
import type { EventDraft } from '../ledger/port.ts';
import type { StoredArtifact } from '../scanner/index.ts';
import type { EnginePorts } from './ports.ts';

type Adoptable = Extract<
  StageflowEvent,
  {
    type:
      | 'scan.events.page.discovered'
      | 'scan.events.page.visited'
      | 'scan.events.cell.completed'
      | 'scan.events.page.completed';
  }
>;

/**
 * Gives a job made from another one (retry, resume after cancel) its parent's finished cells: objects are copied and
 * their hashes checked, then the events that name them are recorded anew. What failed in the parent is not adopted, nor what the job
 * names as to be scanned again.
 * Only a job in READY_TO_SCAN adopts; called again it changes nothing.
 */
export async function adoptFinishedCells(jobId: string, ports: EnginePorts): Promise<void> {
  const job = ports.ledger.job(jobId);
  if (!job?.parent || job.state !== 'READY_TO_SCAN') return;
  const parent = ports.ledger.job(job.parent);
  if (!parent || !sameInput(parent.spec.source, job.spec.source)) return;
  const history = ports.ledger.events(parent.id);
  // A page with a cell that failed is visited again, for that cell.
  const failed = new Set(
    history.flatMap((e) =>
      (e.type === 'scan.events.page.completed' && e.data.status !== 'scanned') ||
      (e.type === 'scan.events.cell.completed' && e.data.outcome !== 'ok')
        ? [e.data.pageId]
        : [],
    ),
  );
  // What a module says of the site as a whole rests on every page: with one still to come, or to come again, it is asked anew.
  const open = new Set(history.flatMap((e) => (e.type === 'scan.events.page.discovered' ? [e.data.pageId] : [])));
  for (const e of history)
    if (e.type === 'scan.events.page.completed' && (e.data.status === 'skipped' || !failed.has(e.data.pageId)))
      open.delete(e.data.pageId);
  const { anew = [] } = job.spec;
  const again = new Set(anew.map(({ pageId }) => pageId));
  const drafts: EventDraft[] = [];
  for (const event of history) {
    if (!adoptable(event, failed)) continue;
    // For a cell its page is visited once more; the page's other cells are taken over.
    if (event.type === 'scan.events.cell.completed') {
      const { pageId, scanner } = event.data;
      if (pageId === '_site' && (open.size > 0 || anew.some((cell) => cell.scanner === scanner))) continue;
      if (anew.some((cell) => cell.pageId === pageId && cell.scanner === scanner)) continue;
    } else if (event.type !== 'scan.events.page.discovered' && again.has(event.data.pageId)) continue;
    const data = await copied(event, parent.id, jobId, ports);
    if (data) drafts.push({ type: event.type, key: keyOf(event), cause: event.id, data } as EventDraft);
  }
  if (drafts.length > 0) ports.ledger.append(jobId, job.attempt, drafts);
}

function sameInput(a: { kind: string }, b: { kind: string }): boolean {
  const hash = (s: object) => ('sha256' in s ? s.sha256 : 'urls' in s ? JSON.stringify(s.urls) : null);
  return a.kind === b.kind && hash(a) === hash(b);
}

function adoptable(event: StageflowEvent, failed: ReadonlySet<string>): event is Adoptable {
  switch (event.type) {
    case 'scan.events.page.discovered':
      return true;
    case 'scan.events.page.visited':
      return !failed.has(event.data.pageId);
    case 'scan.events.cell.completed':
      return event.data.outcome === 'ok';
    case 'scan.events.page.completed':
      return !failed.has(event.data.pageId);
    default:
      return false;
  }
}

function keyOf(event: Adoptable): string {
  return event.type === 'scan.events.cell.completed' ? `${event.data.pageId}/${event.data.scanner}` : event.data.pageId;
}

/** The event's data with every object copied under the new job; null when an object is gone or is not what it was. */
async function copied(
  event: Adoptable,
  from: string,
  to: string,
  ports: EnginePorts,
): Promise<Adoptable['data'] | null> {
  const copy = async (artifact: StoredArtifact): Promise<StoredArtifact | null> => {
    const object = await ports.store.get('scanner-artifacts', artifact.key);
    if (!object) return null;
    const key = to + artifact.key.slice(from.length);
    return ports.store.put('scanner-artifacts', key, object.body, { expectSha256: artifact.sha256 }).catch(() => null);
  };
  if (event.type === 'scan.events.cell.completed') {
    const [raw, findings] = [
      event.data.raw && (await copy(event.data.raw)),
      event.data.findings && (await copy(event.data.findings)),
    ];
    if ((event.data.raw && !raw) || (event.data.findings && !findings)) return null;
    const evidence = (await Promise.all(event.data.evidence.map(copy))).filter((e) => e !== null);
    return { ...event.data, raw, findings, evidence, adoptedFrom: event.data.adoptedFrom ?? from };
  }
  if (event.type === 'scan.events.page.completed') {
    const evidence = (await Promise.all(event.data.evidence.map(copy))).filter((e) => e !== null);
    return { ...event.data, evidence };
  }
  return event.data;
}
