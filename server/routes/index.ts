import type { Route } from '../route.ts';
import { publicShareRoutes } from '../share/public-routes.ts';
import { webRoutes } from '../web/routes.ts';
import { bundleRoutes } from './bundle.ts';
import { compareRoutes } from './compare.ts';
import { doctorRoutes } from './doctor.ts';
import { findingRoutes } from './findings.ts';
import { healthRoutes } from './health.ts';
import { ignoreRoutes } from './ignores.ts';
import { jobActRoutes } from './job-acts.ts';
import { jobContentRoutes } from './job-content.ts';
import { jobRoutes } from './jobs.ts';
import { metricsRoutes } from './metrics.ts';
import { openapiRoutes } from './openapi.ts';
import { scannerRoutes } from './scanners.ts';
import { sessionRoutes } from './session.ts';
import { shareRoutes } from './shares.ts';
import { streamRoutes } from './streams.ts';
import { submitRoutes } from './submit.ts';
import { tokenRoutes } from './tokens.ts';
import { uploadRoutes } from './uploads.ts';
import { webhookRoutes } from './webhooks.ts';

const RESOURCES: readonly Route[] = [
  ...submitRoutes,
  ...uploadRoutes,
  ...jobRoutes,
  ...jobActRoutes,
  ...jobContentRoutes,
  ...findingRoutes,
  ...bundleRoutes,
  ...compareRoutes,
  ...ignoreRoutes,
  ...sessionRoutes,
  ...scannerRoutes,
  ...streamRoutes,
  ...shareRoutes,
  ...publicShareRoutes,
  ...tokenRoutes,
  ...webhookRoutes,
  ...healthRoutes,
  ...doctorRoutes,
  ...metricsRoutes,
  ...webRoutes,
];

/** Every route of the server, one file per resource. */
export const ROUTES: readonly Route[] = [...RESOURCES, ...openapiRoutes(RESOURCES)];
