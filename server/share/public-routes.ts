import { deliveryOf } from '@stageflow/engine/artifact';
import { ensureReportTemplate } from '@stageflow/engine/report';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { addressKey } from '../limits/address-key.ts';
import type { AppServices, Route, ServerEnv } from '../route.ts';
import type { Services } from '../services.ts';
import {
  evidenceAnswer,
  nothingHere,
  redirectAnswer,
  sharePageAnswer,
  tooManyGuesses,
  tooManyLooks,
} from './answers.ts';
import { createGuessLimiter } from './guesses.ts';
import { objectStream } from './object-stream.ts';
import { openShare, type OpenShare } from './open.ts';
import { createSharePages, type SharePages } from './pages.ts';

/** How long an address of the object store may last, in seconds: no longer than a browser needs to follow it. */
const REDIRECT_SECONDS = 60;
/** What a look takes from its address's allowance: a page opens with all its pictures. */
const COST = { page: 1, evidence: 0.1 } as const;
/** `/s/<token>` and `/s/<token>/a/<path>`, as the request spells them. */
const ADDRESS = /^\/s\/([^/]*)(?:\/a\/(.+))?$/;

/** Answers everything under /s/. Nobody signs in, no cookie is read or set, and whatever does not open answers alike. */
function shareHandler(services: AppServices): (c: Context<ServerEnv>) => Promise<Response> {
  const { engine, clock, limits, press } = services;
  const limiter = createGuessLimiter(clock);
  const signer = services.shareSigner ?? null;
  const pages = createSharePages({
    store: engine.store,
    ledger: engine.ledger,
    signer,
    template: () => ensureReportTemplate(),
    press,
  });
  return async (c) => {
    const [, token = '', path] = ADDRESS.exec(new URL(c.req.url).pathname) ?? [];
    const share = openShare(engine.ledger.service.shares, token, clock.now());
    if (share === null) {
      const seconds = limiter.missed(addressKey(c.env?.address ?? 'here'));
      return seconds === null ? nothingHere() : tooManyGuesses(seconds);
    }
    const address = c.env?.address ?? null;
    const cost = path === undefined ? COST.page : COST.evidence;
    const wait = address === null ? null : limits.addresses.take(addressKey(address), cost);
    if (wait !== null) return tooManyLooks(wait);
    const headOnly = c.req.method === 'HEAD';
    if (path !== undefined) return evidence(services, pages, share, path, headOnly);
    const page = await (headOnly ? pages.look(share, token) : pages.page(share, token));
    return page === null ? nothingHere() : sharePageAnswer(page);
  };
}

async function evidence(
  { engine: { store }, shareSigner }: Services,
  pages: SharePages,
  share: OpenShare,
  path: string,
  headOnly: boolean,
): Promise<Response> {
  // The list of keys decides; nothing of the path is put together or normalised.
  const key = `${share.jobId}/${path}`;
  if (!(await pages.keys(share))?.has(key)) return nothingHere();
  if (shareSigner) return redirectAnswer(shareSigner.artifact(share.jobId, key, REDIRECT_SECONDS));
  if (headOnly) {
    const head = await store.head('scanner-artifacts', key);
    return head === null ? nothingHere() : evidenceAnswer(deliveryOf(key), head.size, null);
  }
  const object = await store.get('scanner-artifacts', key);
  return object === null ? nothingHere() : evidenceAnswer(deliveryOf(key), object.size, objectStream(object.body));
}

const html = { 'text/html': { schema: { type: 'string' as const } } };
const NOTHING = { description: 'Unknown, revoked, expired or paused: no answer tells which.', content: html };

const LATER = {
  description: 'Too much was opened, or too many links that open nothing were tried, from this address.',
  content: html,
};

/** The public side of shares. One handler takes all of /s/, so that a malformed address answers like an unknown one. */
export const publicShareRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/s/{token}',
    scope: 'public',
    owner: null,
    definition: {
      method: 'get',
      path: '/s/{token}',
      tags: ['shares'],
      summary: 'The redacted report of a share',
      request: { params: z.object({ token: z.string() }) },
      responses: { 200: { description: 'The report, one page.', content: html }, 404: NOTHING, 429: LATER },
    },
    register: (app, services) => void app.get('/s/*', shareHandler(services)),
  },
  {
    method: 'get',
    path: '/s/{token}/a/{path}',
    scope: 'public',
    owner: null,
    definition: {
      method: 'get',
      path: '/s/{token}/a/{path}',
      tags: ['shares'],
      summary: 'A file that a share gives',
      request: { params: z.object({ token: z.string(), path: z.string() }) },
      responses: {
        200: { description: 'The file, from a store in a folder.' },
        302: { description: 'An address of the object store that lasts 60 seconds.' },
        404: NOTHING,
        429: LATER,
      },
    },
    // The route above takes everything below /s/.
    register: () => {},
  },
];
