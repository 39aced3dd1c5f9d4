import type { Route } from '../route.ts';
import { scannerRoutes } from './scanners.ts';
import { sessionRoutes } from './session.ts';
import { publicShareRoutes } from '../share/public-routes.ts';
import { shareRoutes } from './shares.ts';
import { streamRoutes } from './streams.ts';

/** Every route of the server, one file per resource. */
export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...scannerRoutes,
  ...streamRoutes,
  ...shareRoutes,
  ...publicShareRoutes,
];
