import { z } from 'zod';
import { PageId, ScannerId } from './protocol.ts';

/** What a planner is told of the state that a page is in. All but the numbers is text of the page: data, never instruction. */
export const PlanRequest = z.object({
  scanner: ScannerId,
  pageId: PageId,
  /** First step of a goal: 1. */
  step: z.number().int().min(1).max(200),
  url: z.string().max(2048),
  title: z.string().max(300),
  /** What can be acted on; `ref` is its number in this state. */
  elements: z
    .array(
      z.object({
        ref: z.number().int(),
        role: z.string().max(40),
        name: z.string().max(120),
        state: z.string().max(60),
      }),
    )
    .max(150),
  /** Text that is seen, cut. */
  text: z.string().max(4000),
  /** What was done so far, a line each. */
  history: z.array(z.string().max(300)).max(60),
});
export type PlanRequest = z.infer<typeof PlanRequest>;

/** The one thing that a planner may answer with: strict, flat, every field there. */
export const PlannedAction = z.strictObject({
  do: z.enum(['press', 'fill', 'done', 'give-up']),
  /** Element to act on; null for `done` and `give-up`. */
  ref: z.number().int().nullable(),
  /** Text for `fill`; null otherwise. */
  value: z.string().max(200).nullable(),
  /** Why, in a few words. */
  because: z.string().max(300),
});
export type PlannedAction = z.infer<typeof PlannedAction>;

/** Caps of one job's talk with a model, and what was used of them. `usd` is null where neither the endpoint nor a setting names a price. */
export const ModelUse = z.object({
  requests: z.number().int().nonnegative(),
  tokens: z.number().int().nonnegative(),
  usd: z.number().nonnegative().nullable(),
  most: z.object({ requests: z.number().int(), tokens: z.number().int(), usd: z.number() }),
  model: z.string().max(200),
});
export type ModelUse = z.infer<typeof ModelUse>;

/** A planner's answer; `reason` says which cap is reached or what the endpoint did. */
export const PlanAnswer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), action: PlannedAction, use: ModelUse }),
  z.object({ ok: z.literal(false), reason: z.string().max(500), use: ModelUse }),
]);
export type PlanAnswer = z.infer<typeof PlanAnswer>;
