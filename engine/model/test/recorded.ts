import type { PlanRequest } from '../../scanner/index.ts';

/** A key that opens nothing. */
export const KEY = 'sk-test-0123456789';

/** What is asked for a first step on a page with one button. */
export const REQUEST: PlanRequest = {
  scanner: 'ai-navigator',
  pageId: `p${'0'.repeat(16)}`,
  step: 1,
  url: 'http://shop.test/',
  title: 'Shop',
  elements: [{ ref: 0, role: 'button', name: 'Prices', state: '' }],
  text: '',
  history: [],
};

/** An answer as OpenAI-compatible endpoints give it, with OpenRouter's `cost`. */
const completion = (
  content: string | null,
  usage: object | null = { prompt_tokens: 900, completion_tokens: 100, cost: 0.002 },
) => ({
  status: 200,
  body: JSON.stringify({
    id: 'gen-1',
    object: 'chat.completion',
    model: 'stand-in',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
    ...(usage === null ? {} : { usage }),
  }),
});
const action = (more: object) => JSON.stringify({ do: 'press', ref: 0, value: null, because: 'prices', ...more });

/** Answers by what is the matter with them. */
export const RECORDED = {
  press: completion(action({})),
  done: completion(action({ do: 'done', ref: null, because: 'the price is shown' })),
  fenced: completion(`\`\`\`json\n${action({})}\n\`\`\``),
  moreFields: completion(action({ goto: 'http://evil.test/' })),
  foreignRef: completion(action({ ref: 7 })),
  refusal: completion(null),
  uncounted: completion(action({}), null),
  noCredit: { status: 402, body: '{"error":{"code":402,"message":"Insufficient credits"}}' },
  html: { status: 200, body: '<!doctype html><title>Welcome</title>' },
} as const;
