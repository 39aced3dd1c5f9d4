import { z } from '@hono/zod-openapi';

/** What a share gives beside the redacted report, its screenshots and crops. These files are given as they are: nothing in them is masked. */
export const Include = z
  .object({
    /** Recordings of network traffic. */
    har: z.boolean().default(false),
    /** What the scanners' own tools gave, their HTML pages among it. */
    raw: z.boolean().default(false),
    traces: z.boolean().default(false),
    /** What the navigator did and was told. */
    transcripts: z.boolean().default(false),
  })
  .openapi('ShareInclude');
export type Include = z.infer<typeof Include>;

/** A change of it: what is not named stays as it is. */
export const IncludeChange = z.object({
  har: z.boolean().optional(),
  raw: z.boolean().optional(),
  traces: z.boolean().optional(),
  transcripts: z.boolean().optional(),
});

/** The settings after a change of what is given. */
export function changedInclude(before: Include, change: z.infer<typeof IncludeChange>): Include {
  const { har = before.har, raw = before.raw, traces = before.traces, transcripts = before.transcripts } = change;
  return { har, raw, traces, transcripts };
}

/** What the ledger keeps of a share's settings. */
export const ShareSettings = z.object({
  include: Include,
  /** `paused`: the link answers as if it were not there, until it is made public again. */
  visibility: z.enum(['public', 'paused']),
  label: z.string().max(200).nullable(),
});
export type ShareSettings = z.infer<typeof ShareSettings>;

/** The settings of a stored share. */
export function settingsOf(share: { readonly settings: string }): ShareSettings {
  return ShareSettings.parse(JSON.parse(share.settings));
}
