import { z } from 'zod';
import { PlannedAction } from '../scanner/index.ts';

const Reply = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullable() }) })).min(1),
  usage: z
    .object({
      prompt_tokens: z.number().nonnegative(),
      completion_tokens: z.number().nonnegative(),
      cost: z.number().nonnegative().optional(),
    })
    .optional(),
});

/** What one answer of an endpoint came to. */
export interface ReadReply {
  readonly action: PlannedAction | null;
  /** Why there is no action, or null. */
  readonly reason: string | null;
  readonly input: number | null;
  readonly output: number | null;
  /** What the endpoint says that it cost, in US dollars. */
  readonly cost: number | null;
}

const nothing = (reason: string): ReadReply => ({ action: null, reason, input: null, output: null, cost: null });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads an answer strictly: what is not exactly one action of the schema, on an element that was offered, is none. */
export function readReply(status: number, body: string, refs: ReadonlySet<number>): ReadReply {
  if (status !== 200) return nothing(`the model's endpoint answered ${status}`);
  const reply = Reply.safeParse(jsonOf(body));
  if (!reply.success) return nothing("the model's endpoint gave something that is not a chat completion");
  const { choices, usage } = reply.data;
  const used = {
    input: usage?.prompt_tokens ?? null,
    output: usage?.completion_tokens ?? null,
    cost: usage?.cost ?? null,
  };
  const refused = (reason: string): ReadReply => ({ action: null, reason, ...used });
  const action = PlannedAction.safeParse(jsonOf(choices[0]?.message.content ?? ''));
  if (!action.success) return refused('the model gave no action of the schema');
  const { do: verb, ref, value } = action.data;
  if (verb === 'press' || verb === 'fill') {
    if (ref === null || !refs.has(ref)) return refused('the model named an element that is not there');
    if (verb === 'fill' && value === null) return refused('the model gave nothing to fill in');
  }
  return { action: action.data, reason: null, ...used };
}
