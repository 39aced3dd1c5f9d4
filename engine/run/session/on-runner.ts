import type { JobSpec } from '../../event/index.ts';
import { StageflowError } from '../../kernel/index.ts';
import { isLockedIn } from './sandbox.ts';
import { HOLD_MS, type Message, type Talk } from './talk.ts';

/** What `runner.ready` and `runner.origin` lead to: the pages to start with. */
export interface RunnerMessages {
  ready(m: Message<'runner.ready'>): Promise<void>;
  origin(m: Message<'runner.origin'>): Promise<void>;
}

/** Checks what the runner says of its sandbox, and seeds the queue once the job is open and every entry's origin was read. */
export function createRunnerMessages(talk: Talk): RunnerMessages {
  const { spec } = talk.job;
  const origins = new Map<string, Message<'runner.origin'>>();

  let seeding = false;

  const whenOpen = async (act: () => Promise<void>) => {
    while (!talk.opened && !talk.closed) await talk.changed.wait(HOLD_MS);
    if (!talk.closed) await act();
  };

  /** Pages can be handed out once every entry's origin was read: robots.txt speaks before the first visit. */
  const seed = async (origin: Message<'runner.origin'> | null) => {
    // What comes after the seeds is not kept: a container could send origins for ever.
    if (seeding) return;
    if (origin) origins.set(origin.origin, origin);
    if (origin && origins.size < entryOrigins(spec)) return;
    seeding = true;
    const { drafts } = talk.startCrawl().seeds([...origins.values()]);
    await talk.record(drafts);
    talk.seeded = true;
    talk.queue.seeded();
    talk.changed.notify();
  };

  return {
    ready: async ({ sandbox, browser, versions }) => {
      talk.runner = { browser, sandbox, versions };
      if (!isLockedIn(sandbox, spec.isolation)) {
        talk.failed(new StageflowError('sandbox_missing'));
        return;
      }
      if (!wantsOrigin(spec)) await whenOpen(() => seed(null));
    },
    origin: (m) => whenOpen(() => seed(m)),
  };
}

/** How many origins the entries of a URL job have. */
function entryOrigins(spec: JobSpec): number {
  return spec.source.kind === 'urls'
    ? new Set(spec.source.urls.slice(0, 1000).map((url) => new URL(url).origin)).size
    : 0;
}

/** True when robots.txt and sitemaps are read before the first page. */
function wantsOrigin(spec: JobSpec): boolean {
  return spec.source.kind === 'urls' && spec.source.mode === 'crawl' && (spec.pages.robots || spec.pages.sitemap);
}
