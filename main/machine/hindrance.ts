import { z } from 'zod';
import { BROUGHT_BY_SCAN } from '../../server/cli/doctor.ts';

/** What the engine says of this machine: a part of the API's answer. */
export const MachineState = z.object({
  canScan: z.boolean(),
  checks: z.array(z.object({ id: z.string(), title: z.string(), status: z.string(), detail: z.string() })),
});
export type MachineState = z.infer<typeof MachineState>;

/** What keeps this computer from scanning: the part that a person would mend first. */
export interface Hindrance {
  /** The part's name. */
  readonly part: string;
  /** One sentence. */
  readonly detail: string;
}

/** The first part that is missing or broken and that no scan brings by itself; null when this computer can scan. Pure. */
export function hindranceOf({ canScan, checks }: MachineState): Hindrance | null {
  if (canScan) return null;
  const first = checks.find(
    ({ id, status }) => status === 'broken' || (status === 'missing' && !BROUGHT_BY_SCAN.has(id)),
  );
  return first === undefined
    ? { part: 'This computer', detail: 'The doctor says what is missing.' }
    : { part: first.title, detail: first.detail };
}
