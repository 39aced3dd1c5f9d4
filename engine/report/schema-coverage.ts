import { z } from 'zod';
import { CellOutcome, PageStatus } from '../scanner/protocol.ts';

/** The part of the report's contract that says what was looked at and what was not, with the reason. */

const count = () => z.number().int().nonnegative();

export const CoverageCell = z.object({
  scanner: z.string().describe('Module id.'),
  outcome: z
    .union([CellOutcome, z.literal('missing')])
    .describe('How it ended; `missing` when it was asked for and never ended.'),
  code: z.string().nullable().describe('Code of the error table for every outcome but ok and sampling.'),
  reason: z.string().nullable().describe('Why it ended so, in words.'),
  milliseconds: z.number().nonnegative().nullable().describe('How long it took, in milliseconds.'),
});
export type CoverageCell = z.infer<typeof CoverageCell>;

export const CoveragePage = z.object({
  pageId: z.string().describe('Page id, or `_site` for what looks at the site as a whole.'),
  status: z
    .union([PageStatus, z.literal('not-reached')])
    .describe('How the visit ended; `not-reached` when it never began or ended.'),
  code: z.string().nullable().describe('Code of the error table, or null.'),
  reason: z.string().nullable().describe('Why, in words, or null.'),
  modules: z.array(CoverageCell).describe('Every module on this page.'),
  blockedRequests: z
    .array(
      z.object({
        url: z.string().describe('Address that was asked for.'),
        type: z.string().describe('Kind of resource as the browser names it.'),
        reason: z.string().describe('Why the guard refused it.'),
      }),
    )
    .describe('Requests of this page that the guard refused, at most 100.'),
});
export type CoveragePage = z.infer<typeof CoveragePage>;

export const CoverageModule = z.object({
  scanner: z.string().describe('Module id.'),
  asked: count().describe('Pages the module was to look at.'),
  ok: count().describe('Pages it finished.'),
  failed: count().describe('Pages on which it failed, timed out or never ended.'),
  skipped: count().describe('Pages it left out: sampling, duplicates, not measurable, blocked.'),
  sampled: z.boolean().describe('True when it looked at one page per template only.'),
  site: CellOutcome.nullable().describe('How its look at the site as a whole ended, or null when it has none.'),
  sentence: z.string().describe('The coverage of this module in words.'),
});
export type CoverageModule = z.infer<typeof CoverageModule>;

export const Coverage = z.object({
  sentence: z.string().describe('Coverage in one line, for example `38 of 40 pages; Lighthouse failed on 2`.'),
  totals: z
    .object({
      pagesFound: count().describe('Pages that were discovered.'),
      pagesScanned: count().describe('Pages that were visited to the end.'),
      pagesFailed: count().describe('Pages that could not be loaded.'),
      pagesBlocked: count().describe('Pages that the site or the guard refused.'),
      pagesSkipped: count().describe('Pages left out on purpose.'),
      pagesNotReached: count().describe('Pages discovered whose visit never ended.'),
      cellsAsked: count().describe('Cells (one module on one page) that were to be done.'),
      cellsOk: count().describe('Cells that ended well.'),
      cellsFailed: count().describe('Cells that failed or timed out.'),
      cellsMissing: count().describe('Cells that never ended.'),
      checksPassed: count()
        .nullable()
        .describe('Checks that passed over all modules that say so, or null when none does.'),
    })
    .describe('Totals over the job.'),
  modules: z.array(CoverageModule).describe('Coverage of each module.'),
  pages: z.array(CoveragePage).describe('Coverage of each page, `_site` last.'),
  skipped: z
    .array(
      z.object({
        reason: z.string().describe('Why addresses were left out, for example `page-cap`.'),
        sentence: z.string().describe('The reason in words.'),
        count: count().describe('How many addresses.'),
        examples: z.array(z.string()).describe('Some of them, at most 100.'),
      }),
    )
    .describe('Addresses that were seen and left out, by reason.'),
  blockedHosts: z
    .array(
      z.object({
        host: z.string().describe('Host name, with port where it is unusual.'),
        count: count().describe('Requests refused.'),
        pages: count().describe('Pages on which requests to it were refused.'),
        types: z.array(z.string()).describe('Kinds of resource asked for.'),
        reason: z.string().describe('Why the guard refused them.'),
      }),
    )
    .describe('Hosts to which requests were refused, most refused first.'),
});
export type Coverage = z.infer<typeof Coverage>;
