import { z } from '@hono/zod-openapi';
import { doctor, type DoctorResult } from '../cli/doctor.ts';
import { withoutPlaces, withShortPlaces } from '../ops/masked-places.ts';
import { route, type Route } from '../route.ts';

const Check = z
  .object({
    id: z.string(),
    title: z.string(),
    /** `warning`: a scan works, with less than is promised. `skipped`: does not apply to this machine. */
    status: z.enum(['ok', 'warning', 'missing', 'broken', 'skipped']),
    /** One sentence for a person. */
    detail: z.string(),
    /** The one command that mends it, to be run on the server's machine; null when nothing is to be mended or no command can. */
    fix: z.string().nullable(),
  })
  .openapi('MachineCheck');

/** Milliseconds for which an answer is given again: looking starts programs and a container. */
const KEPT_MS = 5000;

const Doctor = z
  .object({
    /** False when something is missing that the next scan does not bring by itself. */
    canScan: z.boolean(),
    checks: z.array(Check),
  })
  .openapi('Doctor');

/** What `./stageflow doctor` says, for administrators. Answers of a server name no places of its machine: of a path its last part is shown. */
export const doctorRoutes: readonly Route[] = [
  route(
    { scope: 'admin' },
    {
      method: 'get',
      path: '/api/v1/doctor',
      tags: ['operation'],
      summary: 'Every part of the machine that a scan needs, looked at now',
      responses: {
        200: {
          description: 'The parts, in the order in which a person would mend them. Nothing is installed or changed.',
          content: { 'application/json': { schema: Doctor } },
        },
      },
    },
    ({ clock }) => {
      let seen: { readonly at: number; readonly found: Promise<DoctorResult> } | null = null;
      return async (c) => {
        if (seen === null || clock.now() - seen.at > KEPT_MS) seen = { at: clock.now(), found: doctor({}) };
        const { checks, exitCode } = await seen.found;
        const shown = checks.map(({ id, title, status, detail, fix }) => ({
          id,
          title,
          status,
          detail: withoutPlaces(detail),
          fix: fix === null ? null : withShortPlaces(fix),
        }));
        c.header('cache-control', 'no-store');
        return c.json({ canScan: exitCode === 0, checks: shown }, 200);
      };
    },
  ),
];
