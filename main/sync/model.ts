import { z } from 'zod';

const Text = z.string().max(500);

/** An object store as a person names it. */
export const NewTarget = z.strictObject({
  /** Scheme, host and port. */
  endpoint: Text,
  region: Text,
  accessKey: Text,
  secretKey: Text,
  /** A key that may only read; links are made with it. Empty for none: then no links are made. */
  linkAccessKey: Text,
  linkSecretKey: Text,
  /** Where others reach the store; empty when it is the endpoint. */
  publicUrl: Text,
});
export type NewTarget = z.infer<typeof NewTarget>;

/** What goes along with a report and its pictures: files that are given as they are, nothing in them masked. */
export const Ticked = z.strictObject({
  har: z.boolean(),
  raw: z.boolean(),
  traces: z.boolean(),
  transcripts: z.boolean(),
});

export type Ticked = z.infer<typeof Ticked>;

/** One line of what an upload would send. */
export const UploadLine = z.object({
  class: z.enum(['report', 'pictures', 'har', 'raw', 'traces', 'transcripts']),
  files: z.number().int(),
  bytes: z.number().int(),
});

/** The store that is connected, and the uploads, oldest first. */
export const SyncView = z.object({
  target: z.object({ endpoint: z.string(), canLink: z.boolean() }).nullable(),
  uploads: z.array(
    z.object({
      jobId: z.string(),
      /** `waiting`: its turn comes, or comes again. `failed`: trying again changes nothing. */
      state: z.enum(['waiting', 'sending', 'done', 'failed']),
      files: z.number().int(),
      filesDone: z.number().int(),
      bytes: z.number().int(),
      bytesDone: z.number().int(),
      /** Why the last try was broken off; null when none was. */
      reason: z.string().nullable(),
    }),
  ),
});
export type SyncView = z.infer<typeof SyncView>;
