import { asStageflowError, StageflowError } from '@stageflow/engine/kernel';
import { OWNER_BASE } from '../../server/local/dial.ts';
import { withSecurityHeaders } from '../../server/ops/security-headers.ts';
import { problemResponse } from '../../server/problem.ts';
import type { Keeper } from '../keeper/keep.ts';
import type { Offers } from '../offers.ts';
import { placeOf } from '../servers/passage.ts';
import { AGAIN, awayPage } from './away-page.ts';
import { isOwnAddress } from './scheme.ts';

/** Base of what main itself answers. */
const OFFERED = '/desktop/offers/';

/** Headers that speak of a connection or of a compression, of which there is neither here. */
const NOT_PASSED = ['accept-encoding', 'connection', 'host', 'cookie', 'authorization'];

/**
 * Answers the window's requests: the app through the engine's process, offered files from main, and a page or a problem of its own while no
 * engine is there. What only main may ask of the engine is not there for the window.
 */
export function answerWindow(
  keeper: Pick<Keeper, 'fetch' | 'state' | 'again'>,
  offers: Pick<Offers, 'open'>,
  passage: (request: Request, server: string, path: string) => Promise<Response>,
): (request: Request) => Promise<Response> {
  const answer = async (request: Request): Promise<Response> => {
    if (!isOwnAddress(request.url)) return problemResponse(new StageflowError('not_found'), '-');
    const { pathname } = new URL(request.url);
    if (pathname === AGAIN && request.method === 'POST') {
      keeper.again();
      return awayPage(keeper.state);
    }
    if (pathname.startsWith(OFFERED)) return offers.open(pathname.slice(OFFERED.length));
    const place = placeOf(pathname);
    const path = place?.path ?? pathname;
    if (path === OWNER_BASE || path.startsWith(`${OWNER_BASE}/`)) throw new StageflowError('not_found');
    if (place !== null && !isScreen(request, path)) return passage(request, place.server, path);
    const headers = new Headers(request.headers);
    for (const name of NOT_PASSED) headers.delete(name);
    const { method, body, signal } = request;
    // The screens of every server are this app's own.
    const url = new URL(request.url);
    if (place !== null) url.pathname = path;
    return keeper.fetch(
      new Request(url, { method, headers, signal, ...(body === null ? {} : { body, duplex: 'half' as const }) }),
    );
  };
  return async (request) => {
    try {
      return withSecurityHeaders(await answer(request), null);
    } catch (thrown) {
      if (request.signal.aborted) throw thrown;
      const error = asStageflowError(thrown);
      const isPage = request.method === 'GET' && (request.headers.get('accept') ?? '').includes('text/html');
      const response = error.code === 'engine_away' && isPage ? awayPage(keeper.state) : problemResponse(error, '-');
      return withSecurityHeaders(response, null);
    }
  };
}

/** A page of the app rather than something of the API. */
const isScreen = ({ method }: Request, path: string): boolean =>
  method === 'GET' && !path.startsWith('/api/') && path !== '/readyz';

/** Where an offered file is fetched. */
export const offerAddress = (key: string): string => `${OFFERED}${key}`;
