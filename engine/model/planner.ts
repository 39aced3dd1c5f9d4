import type { ModelUse, PlanAnswer, PlanRequest } from '../scanner/index.ts';
import { ANSWER_TOKENS, requestBody } from './prompt.ts';
import { readReply } from './reply.ts';
import type { ModelPorts, ModelSettings } from './settings.ts';

/** Asks for the next action towards one goal, within the caps of one attempt of a job. */
export interface Planner {
  plan(goal: string, request: PlanRequest): Promise<PlanAnswer>;
}

/** Tries for one action: a model that breaks the schema once may keep it the second time. */
const TRIES = 2;
/** Characters of a token, low on purpose: an estimate must not be too small. */
const CHARS_PER_TOKEN = 3;

/**
 * A planner whose caps are counted from nothing. They are checked before a request, by the most that it can use, and counted after it by what it used.
 * One request is asked at a time: of many at once each would find the caps unspent.
 */
export function createPlanner(settings: ModelSettings, ports: ModelPorts): Planner {
  const { key, model, maxRequests, maxTokens, maxUsd, price } = settings;
  let requests = 0;
  let tokens = 0;
  let usd = 0;
  let priced = true;
  const use = (): ModelUse => ({
    requests,
    tokens,
    usd: priced ? Math.round(usd * 1e6) / 1e6 : null,
    most: { requests: maxRequests, tokens: maxTokens, usd: maxUsd },
    model,
  });
  const costOf = (input: number, output: number) =>
    price === null ? 0 : (input * price.input + output * price.output) / 1e6;
  const capReached = (body: string): string | null => {
    const input = Math.ceil(body.length / CHARS_PER_TOKEN);
    if (requests >= maxRequests) return `the cap of ${maxRequests} requests to the model is reached`;
    if (tokens + input + ANSWER_TOKENS > maxTokens) return `the cap of ${maxTokens} tokens is reached`;
    if ((usd > 0 && usd >= maxUsd) || usd + costOf(input, ANSWER_TOKENS) > maxUsd)
      return `the cap of ${maxUsd} US dollars is reached`;
    return null;
  };
  const planNow: Planner['plan'] = async (goal, request) => {
    const body = requestBody(settings, goal, request);
    const refs = new Set(request.elements.map((element) => element.ref));
    let reason = '';
    for (let tried = 0; tried < TRIES; tried++) {
      const cap = capReached(body);
      if (cap !== null) return { ok: false, reason: cap, use: use() };
      requests += 1;
      const headers = {
        'content-type': 'application/json',
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      };
      const answer = await ports
        .post(`${settings.url.replace(/\/$/, '')}/chat/completions`, headers, body)
        .catch(() => null);
      if (answer === null) {
        // What was not answered may have been worked on all the same.
        const input = Math.ceil(body.length / CHARS_PER_TOKEN);
        tokens += input + ANSWER_TOKENS;
        usd += costOf(input, ANSWER_TOKENS);
        priced &&= price !== null;
        return { ok: false, reason: "the model's endpoint does not answer", use: use() };
      }
      const read = readReply(answer.status, answer.body, refs);
      // An endpoint that does not count is counted by length.
      const input = read.input ?? Math.ceil(body.length / CHARS_PER_TOKEN);
      const output = read.output ?? Math.ceil(answer.body.length / CHARS_PER_TOKEN);
      tokens += input + output;
      usd += read.cost ?? costOf(input, output);
      priced &&= read.cost !== null || price !== null;
      if (read.action !== null) return { ok: true, action: read.action, use: use() };
      reason = read.reason ?? '';
      if (answer.status !== 200) break;
    }
    return { ok: false, reason, use: use() };
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    plan: (goal, request) => {
      const turn = last.then(() => planNow(goal, request));
      last = turn.catch(() => {});
      return turn;
    },
  };
}
