import type { ShareRow } from '@stageflow/engine/ledger';
import { z } from '@hono/zod-openapi';
import { shareState } from '../share/open.ts';
import { Include, IncludeChange, settingsOf } from '../share/settings.ts';

const HOUR_IN_DAYS = 1 / 24;
/** No presigned address lasts longer: the protocol's own limit. */
const PLAIN_LINK_DAYS = 7;

const expiresInDays = () => z.number().min(HOUR_IN_DAYS, 'it must be at least one hour (1/24)').max(365);
const label = () => z.string().max(200).nullable();
/** The id in a path. */
export const Id = z.object({ id: z.string().max(100) });

/** A wish for a link. */
export const NewShare = z
  .strictObject({
    /** `link`: a share link of this server. `presigned`: a plain address of `report.html` in the object store. */
    kind: z.enum(['link', 'presigned']).default('link'),
    expiresInDays: expiresInDays().default(7),
    include: Include.default({ har: false, raw: false, traces: false, transcripts: false }),
    label: label().default(null),
  })
  .refine(({ kind, expiresInDays: days }) => kind === 'link' || days <= PLAIN_LINK_DAYS, {
    path: ['expiresInDays'],
    message: 'a plain link lasts at most 7 days; make a share link for longer',
  })
  .openapi('NewShare');

/** A share; its token is not part of it. */
export const Share = z
  .object({
    id: z.string(),
    label: label(),
    state: z.enum(['live', 'paused', 'expired', 'revoked']),
    include: Include,
    visibility: z.enum(['public', 'paused']),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    revokedAt: z.iso.datetime().nullable(),
  })
  .openapi('Share');

/** A link just made. */
export const MadeShare = z
  .object({
    kind: z.enum(['link', 'presigned']),
    /** Names the share for changes; null for a plain link, which cannot be changed. */
    id: z.string().nullable(),
    /** The link as it can be sent, said only now: the server keeps no copy of its token. In process it is the path `/s/<token>` alone. */
    url: z.string(),
    expiresAt: z.iso.datetime(),
    /** What the link can do, in sentences. */
    can: z.array(z.string()),
    cannot: z.array(z.string()),
  })
  .openapi('MadeShare');

/** Changes to a share; what is not named stays. */
export const ChangedShare = z
  .strictObject({
    /** Counted from now. */
    expiresInDays: expiresInDays().optional(),
    include: IncludeChange.optional(),
    visibility: z.enum(['public', 'paused']).optional(),
    label: label().optional(),
  })
  .openapi('ChangedShare');

const WORDS = {
  link: {
    can: ['It shows the report without its secrets, its screenshots, and the files that were ticked.'],
    cannot: [
      'It shows nothing else of the job and cannot change anything. It can be paused, changed and taken back at any time.',
    ],
  },
  presigned: {
    can: ['It opens report.html straight from the object store, even while this server is down.'],
    cannot: [
      'It cannot be taken back before it ends, and it ends after 7 days at the latest, or when the job is removed.',
      'Nothing in it is masked, and files beside report.html do not open from it.',
    ],
  },
} as const;
/** What a link of a kind can and cannot do. */
export const wordsOf = (kind: keyof typeof WORDS) => ({ can: [...WORDS[kind].can], cannot: [...WORDS[kind].cannot] });

/** A time as the interface says it. */
export const instant = (time: number) => new Date(time).toISOString();
/** An answer of this schema. */
export const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
});
/** A body of this schema. */
export const body = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { 'application/json': { schema } },
});

/** A stored share as the interface shows it. */
export function shown(share: ShareRow, now: number): z.infer<typeof Share> {
  const { include, visibility, label: name } = settingsOf(share);
  return {
    id: share.id,
    label: name,
    state: shareState(share, now),
    include,
    visibility,
    createdAt: instant(share.createdAt),
    expiresAt: instant(share.expiresAt),
    revokedAt: share.revokedAt === null ? null : instant(share.revokedAt),
  };
}
