import type { WorkItem } from '../../scanner/index.ts';
import type { Lane } from '../queue.ts';
import { HOLD_MS, type Talk } from './talk.ts';

/** How long the machine lane waits before it asks again for a machine that another scan measures on. */
const MACHINE_BUSY_MS = 1000;

/** The next piece of work of a lane. Held while there is none yet; `done` when there will be no more. */
export async function nextWork(talk: Talk, lane: Lane, signal: AbortSignal): Promise<WorkItem | 'wait' | 'done'> {
  const { job, queue, changed } = talk;
  const { clock, lock, log } = talk.ports;
  const until = clock.now() + HOLD_MS;
  for (;;) {
    if (talk.closed) return 'done';
    const work = talk.opened && talk.seeded ? queue.next(lane) : 'wait';
    if (work !== 'wait') {
      if (work === 'done') {
        if (lane === 'machine') lock.release(job.id);
        if (queue.finished()) talk.end({ kind: 'scanned' });
        return work;
      }
      if (work.kind !== 'machine' || (await lock.tryAcquire(job.id))) {
        if (talk.closed) {
          // The talk ended while the lane was being asked for: nobody else would give it back.
          if (work.kind === 'machine') lock.release(job.id);
          return 'done';
        }
        log.debug('work handed out', { jobId: job.id, attempt: job.attempt, cells: cellsOf(work) });
        return work;
      }
      log.info('another scan measures on this machine; waiting for it', { jobId: job.id });
      queue.release();
      await changed.wait(MACHINE_BUSY_MS, signal);
    }
    const left = until - clock.now();
    if (left <= 0 || signal.aborted) return 'wait';
    await changed.wait(left, signal);
  }
}

/** The cells of a piece of work, as `page/scanner`. */
function cellsOf(work: WorkItem): string[] {
  if (work.kind === 'site') return [`_site/${work.scanner}`];
  return (work.kind === 'machine' ? [work.scanner] : work.scanners).map((scanner) => `${work.page.id}/${scanner}`);
}
