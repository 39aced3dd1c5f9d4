import type { Route } from '../route.ts';
import { publicShareRoutes } from '../share/public-routes.ts';
import { healthRoutes } from './health.ts';
import { metricsRoutes } from './metrics.ts';
import { scannerRoutes } from './scanners.ts';
import { sessionRoutes } from './session.ts';
import { shareRoutes } from './shares.ts';
import { signinRoutes } from './signin.ts';
import { streamRoutes } from './streams.ts';
import { tokenRoutes } from './tokens.ts';
import { webhookRoutes } from './webhooks.ts';

/** Every route of the server, one file per resource. */
export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...scannerRoutes,
  ...streamRoutes,
  ...shareRoutes,
  ...publicShareRoutes,
  ...tokenRoutes,
  ...webhookRoutes,
  ...healthRoutes,
  ...metricsRoutes,
  ...signinRoutes,
];
