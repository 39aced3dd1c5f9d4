import type { JobSpec } from '../../event/index.ts';
import { isErrorCode, StageflowError } from '../../kernel/index.ts';
import type { JobRow } from '../../ledger/port.ts';
import type { ChannelHandlers, Role } from '../../pod/runtime.ts';
import type { AccessSecrets, ContainerMessage, MessageAnswer, SiteSummary } from '../../scanner/index.ts';
import type { Queue } from '../queue.ts';
import type { Crawl } from './crawl.ts';
import { createHandlers } from './handlers.ts';
import { onCellDone } from './on-cell-done.ts';
import { onExtractorReady, onExtractorRefused } from './on-extractor.ts';
import { completeLater, onPageDone } from './on-page-done.ts';
import { onPageVisited } from './on-page-visited.ts';
import { createRunnerMessages } from './on-runner.ts';
import { createTalk, type Message, type RunnerFacts, type SessionEnd, type SessionPorts } from './talk.ts';

/**
 * One attempt's side of the talk with its containers: hands out cells, stores what comes back, records it as events.
 * Everything a container says has been parsed; here it is checked against what we handed out and stored ourselves.
 */
export interface Session {
  handlers(role: Role): ChannelHandlers;
  /** Resolves once: all lanes are through, the archive was refused, or the attempt cannot go on. */
  readonly ended: Promise<SessionEnd>;
  /** Lets pages be handed out: the job's state allows scanning. Says first what the last owner had no time to say. */
  open(): Promise<void>;
  /** What the extractor found; set before `open`. */
  site(): SiteSummary | null;
  /** Resolves with the extractor's first answer. */
  readonly extracted: Promise<SiteSummary | null>;
  runner(): RunnerFacts | null;
  /** True when the runner's assignment is not held back (any more): there is no archive, or the extractor is through with it. */
  assignable(): boolean;
  crawl(): Crawl | null;
  /** Ends the talk: every waiting request is answered and nothing more is recorded. */
  close(): void;
}

/** Opens the talk for the job's present attempt. */
export function createSession(job: JobRow, queue: Queue, access: AccessSecrets | null, ports: SessionPorts): Session {
  const talk = createTalk(job, queue, access, ports);
  const runnerMessages = createRunnerMessages(talk);

  const answer =
    (role: Role) =>
    async (m: ContainerMessage): Promise<MessageAnswer> => {
      if (talk.closed) throw new StageflowError('fenced', { jobId: job.id });
      // One container holds the hostile archive, the other the hostile page: neither may speak for the other.
      if (m.type !== 'heartbeat' && m.type !== 'fatal' && m.type.startsWith('extractor.') !== (role === 'extractor'))
        talk.violation(`the ${role} sent ${m.type}, which is not its to say`);
      switch (m.type) {
        case 'heartbeat':
          break;
        case 'extractor.ready':
          onExtractorReady(talk, m);
          break;
        case 'extractor.refused':
          onExtractorRefused(talk, m);
          break;
        case 'runner.ready':
          await runnerMessages.ready(m);
          break;
        case 'runner.origin':
          await runnerMessages.origin(m);
          break;
        case 'page.visited':
          return onPageVisited(talk, m);
        case 'cell.done':
          await onCellDone(talk, m);
          break;
        case 'page.done':
          await onPageDone(talk, m);
          break;
        case 'fatal':
          talk.failed(fatalOf(m, role, job.spec.isolation));
          break;
      }
      return { skip: false };
    };

  return {
    handlers: createHandlers(talk, answer),
    ended: talk.ended,
    extracted: talk.extracted,
    site: () => talk.site,
    runner: () => talk.runner,
    assignable: () => job.spec.source.kind !== 'zip' || talk.site !== null,
    crawl: () => talk.crawl,
    open: async () => {
      for (const { pageId, duplicate } of queue.unsaid()) {
        if (duplicate) await talk.completePage(pageId, { pageId, status: 'skipped', failure: null, evidence: [] });
        else await completeLater(talk, pageId);
      }
      talk.opened = true;
      talk.changed.notify();
    },
    close: () => {
      talk.closed = true;
      ports.lock.release(job.id);
      talk.haveSite(null);
      talk.changed.notify();
    },
  };
}

/** A container's last word as an error. What is full in a pod is the container's own tmpfs: nobody's disk has to be freed. */
function fatalOf(m: Message<'fatal'>, role: Role, isolation: JobSpec['isolation']): StageflowError {
  if (m.code === 'disk_full')
    return isolation === 'pod'
      ? new StageflowError('pod_full', { role })
      : new StageflowError('disk_full', { path: 'the temporary folder' });
  const code = isErrorCode(m.code) ? m.code : 'internal';
  return new StageflowError(code, { reason: m.reason, seconds: 0, exitCode: 0, host: '' });
}
