/**
 * Web: the screens, as files that the renderer's build left. Enters: addresses of screens and assets. Leaves: pages, scripts, fonts.
 * It must never put data into a page: what is shown comes through the API, with the caller's own rights.
 */
import { StageflowError } from '@stageflow/engine/kernel';
import type { Context } from 'hono';
import { bearerOf, principalOf } from '../auth/authenticate.ts';
import type { Route, ServerEnv } from '../route.ts';
import type { Services } from '../services.ts';
import { againAnswer, assetAnswer, fileAnswer, pageAnswer } from './answers.ts';
import { errorsPage } from './errors-page.ts';
import { openWebApp, type WebApp } from './web-app.ts';

/** Addresses of the screens. The app decides what is on each; here they only have to be known. */
const SCREENS = [
  '/',
  '/playground',
  '/scan/{id}',
  '/scan/{id}/report',
  '/compare',
  '/settings',
  '/settings/{part}',
  '/doctor',
] as const;

type Handler = (c: Context<ServerEnv>) => Promise<Response>;

/** The app is opened once per process; a build that failed is tried again with the next request. */
let opened: Promise<WebApp> | null = null;
function webApp(): Promise<WebApp> {
  opened ??= openWebApp().catch((error: unknown) => {
    opened = null;
    throw error;
  });
  return opened;
}

/** Builds the app now, so that the first visitor does not wait for it. Failures are told to that visitor. */
export function warmWebApp(): void {
  webApp().catch(() => {});
}

async function fileOf(path: string) {
  const file = (await webApp()).get(path);
  if (file === undefined) throw new StageflowError('not_found');
  return file;
}

function isSignedIn({ engine, clock }: Services, c: Context<ServerEnv>): boolean {
  if (c.env?.owner) return true;
  const bearer = bearerOf(c.req.raw.headers);
  return bearer !== null && principalOf(engine.ledger, bearer, clock.now()) !== null;
}

/** The app for whoever is signed in; others are led to the sign-in page, which leads back. */
const screen =
  (services: Services): Handler =>
  async (c) => {
    const { headers } = c.req.raw;
    if (isSignedIn(services, c))
      return pageAnswer(await fileOf('index.html'), c.req.raw, services.uploadOrigin?.() ?? null);
    if (headers.get('sec-fetch-site') === 'cross-site' && bearerOf(headers) === null) return againAnswer();
    const { pathname, search } = new URL(c.req.url);
    const next = pathname === '/' ? '' : `?${new URLSearchParams({ next: pathname + search })}`;
    return c.redirect(`/signin${next}`, 303);
  };

/** An address where nothing is: whoever reads pages gets one that says so, everything else (null) a problem. */
export async function nowherePage(services: Services, c: Context<ServerEnv>): Promise<Response | null> {
  const reads = c.req.method === 'GET' && (c.req.header('accept') ?? '').includes('text/html');
  if (!reads || c.req.path.startsWith('/api/')) return null;
  const page = await screen(services)(c);
  return page.status === 200 ? new Response(page.body, { status: 404, headers: page.headers }) : page;
}

const open = (path: string, pattern: string, handler: (services: Services) => Handler): Route => ({
  method: 'get',
  path,
  scope: 'public',
  owner: null,
  register: (app, services) => void app.get(pattern, handler(services)),
});

/** The screens, the sign-in page, and what they are made of. */
export const webRoutes: readonly Route[] = [
  ...SCREENS.map((path) => open(path, path.replaceAll(/\{(\w+)\}/g, ':$1'), screen)),
  open('/errors', '/errors', () => async () => errorsPage()),
  open('/signin', '/signin', () => async (c) => pageAnswer(await fileOf('signin.html'), c.req.raw, null)),
  open(
    '/assets/{file}',
    '/assets/:file',
    () => async (c) => assetAnswer(await fileOf(`assets/${c.req.param('file') ?? ''}`), c.req.raw),
  ),
  open('/notices.txt', '/notices.txt', () => async (c) => fileAnswer(await fileOf('notices.txt'), c.req.raw)),
];
