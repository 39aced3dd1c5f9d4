import { StageflowError } from '@stageflow/engine/kernel';
import { z } from '@hono/zod-openapi';
import { bearerOf, principalOf, SESSION_COOKIE } from '../auth/authenticate.ts';
import { hashSecret, newSessionText, type Principal } from '../auth/principal.ts';
import { route, type Route } from '../route.ts';
import type { Services } from '../services.ts';

const Session = z
  .object({
    tenant: z.string(),
    scopes: z.array(z.enum(['submit', 'read', 'admin'])),
    /** Where a page sends archives: `store` when the object store takes them from this server's pages, after an announcement with their hash. */
    uploads: z.enum(['server', 'store']),
  })
  .openapi('Session');

/** Who somebody is, and what a page can do for them. */
const said = ({ tenant, scopes }: Principal, { uploadSigner, uploadOrigin }: Services): z.infer<typeof Session> => ({
  tenant,
  scopes: [...scopes],
  uploads: uploadSigner != null && uploadOrigin?.() != null ? 'store' : 'server',
});

/** The cookie's attributes; `Secure` wherever people come through TLS. */
const cookie = (value: string, seconds: number, secure: boolean) =>
  `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure ? '; Secure' : ''}`;

const MONTH_SECONDS = 30 * 24 * 3600;

/** Signing a browser in and out. Scripts send their token with every request instead. */
export const sessionRoutes: readonly Route[] = [
  route(
    { scope: 'public' },
    {
      method: 'post',
      path: '/api/v1/session',
      tags: ['session'],
      summary: 'Sign a browser in with a token',
      request: {
        body: { required: true, content: { 'application/json': { schema: z.object({ token: z.string().max(200) }) } } },
      },
      responses: {
        200: { description: 'Signed in; a cookie is set.', content: { 'application/json': { schema: Session } } },
      },
    },
    (services) => (c) => {
      const { engine, clock, config, onSignedIn } = services;
      const { token } = c.req.valid('json');
      const principal = principalOf(engine.ledger, { text: token, viaCookie: false }, clock.now());
      if (principal === null) throw new StageflowError('unauthenticated');
      // The token itself stays out of the browser: what a stolen cookie opens ends with the session.
      const secret = newSessionText();
      const until = clock.now() + MONTH_SECONDS * 1000;
      engine.ledger.service.sessions.add(hashSecret(secret), principal.tokenId, until);
      onSignedIn?.(principal.tokenId);
      c.header('set-cookie', cookie(secret, MONTH_SECONDS, config.publicUrl?.startsWith('https:') === true));
      return c.json(said(principal, services), 200);
    },
  ),
  route(
    { scope: 'any' },
    {
      method: 'get',
      path: '/api/v1/session',
      tags: ['session'],
      summary: 'Who this token or browser is',
      responses: { 200: { description: 'Signed in.', content: { 'application/json': { schema: Session } } } },
    },
    (services) => (c) => c.json(said(c.get('principal'), services), 200),
  ),
  route(
    { scope: 'any' },
    {
      method: 'delete',
      path: '/api/v1/session',
      tags: ['session'],
      summary: 'Sign the browser out',
      responses: { 204: { description: 'Signed out; the cookie is gone.' } },
    },
    ({ engine, config }) =>
      (c) => {
        const bearer = bearerOf(c.req.raw.headers);
        if (bearer?.viaCookie) engine.ledger.service.sessions.remove(hashSecret(bearer.text));
        c.header('set-cookie', cookie('', 0, config.publicUrl?.startsWith('https:') === true));
        return c.body(null, 204);
      },
  ),
];
