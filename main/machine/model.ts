import { z } from 'zod';

/** What this app does with Podman's machine. */
export const MachineAct = z.enum(['init', 'start']);

/** The way to a Podman that scans, as the window shows it. */
export const MachineView = z.object({
  steps: z.array(
    z.object({
      id: z.enum(['podman', 'machine', 'started', 'rootless']),
      title: z.string(),
      /** `now`: this one is to be mended; `later`: it is looked at when those before it are done. */
      state: z.enum(['done', 'now', 'waits', 'later']),
      detail: z.string(),
      remedy: z
        .discriminatedUnion('by', [
          z.object({ by: z.literal('app'), act: MachineAct, word: z.string() }),
          z.object({ by: z.literal('person'), command: z.string() }),
        ])
        .nullable(),
    }),
  ),
  /** What is being done; null for nothing. */
  doing: MachineAct.nullable(),
  /** What Podman said while it was done. */
  said: z.array(z.string()),
});
export type MachineView = z.infer<typeof MachineView>;
