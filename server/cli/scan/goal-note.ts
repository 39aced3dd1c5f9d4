import { readFileSync } from 'node:fs';
import type { SubmitOptions } from '@stageflow/engine/submit';
import { modelSettings } from '../../model-settings.ts';

/** What a person is told before a scan with a goal: how much the model may be asked, and what that may cost; null without a goal. */
export function goalNote(
  { moduleOptions }: Pick<SubmitOptions, 'moduleOptions'>,
  env: NodeJS.ProcessEnv,
): string | null {
  if (!Object.values(moduleOptions ?? {}).some((options) => typeof options['goal'] === 'string')) return null;
  const model = modelSettings(env, (path) => readFileSync(path, 'utf8'));
  if (model === null)
    return 'No model is configured (STAGEFLOW_MODEL_URL, STAGEFLOW_MODEL): the goal is left out, the pages are explored.';
  const { maxRequests, maxTokens, maxUsd, price, url } = model;
  const cost = price === null ? `${maxUsd} US dollars, where the endpoint says what it costs` : `${maxUsd} US dollars`;
  return `For the goal ${model.model} at ${new URL(url).host} is asked at most ${maxRequests} times, for at most ${maxTokens} tokens and ${cost}. It is shown what stands on the pages.`;
}
