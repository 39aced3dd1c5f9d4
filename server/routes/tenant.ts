import { z } from '@hono/zod-openapi';

/** A tenant's name: whose jobs a token sees and makes, whose jobs a webhook is told of. */
export const Tenant = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'give small letters, digits and dashes');
