import { ModelSettings } from '@stageflow/engine';
import { StageflowError } from '@stageflow/engine/kernel';

type Variables = Readonly<Record<string, string | undefined>>;

/** Variables that say where a model answers. */
export const MODEL_VARIABLES = ['', '_URL', '_KEY', '_KEY_FILE', '_REQUESTS', '_TOKENS', '_USD', '_PRICE'].map(
  (name) => `STAGEFLOW_MODEL${name}`,
);

const bad = (name: string, value: string, reason: string) =>
  new StageflowError('bad_option', { option: `STAGEFLOW_MODEL${name}`, value, reason });

/** The variable of a field that cannot be used. */
const NAMES: Readonly<Record<string, string>> = {
  url: '_URL',
  maxRequests: '_REQUESTS',
  maxTokens: '_TOKENS',
  maxUsd: '_USD',
};

/**
 * Where a model answers and what a job may spend on it: `STAGEFLOW_MODEL` and `STAGEFLOW_MODEL_URL`, the key in `STAGEFLOW_MODEL_KEY` or a file.
 * Null when neither is set. What cannot be used is `bad_option`, which never repeats the key.
 */
export function modelSettings(variables: Variables, readFile: (path: string) => string): ModelSettings | null {
  const at = (name: string) => variables[`STAGEFLOW_MODEL${name}`]?.trim() || null;
  const [model, url] = [at(''), at('_URL')];
  if (model === null && url === null) return null;
  if (model === null) throw bad('', '', 'name the model as well as its endpoint');
  if (url === null) throw bad('_URL', '', 'name the endpoint as well as the model');
  const number = (name: string) => {
    const text = at(name);
    if (text === null) return {};
    if (Number.isNaN(Number(text))) throw bad(name, text, 'it must be a number');
    return { value: Number(text) };
  };
  const price = at('_PRICE');
  const [input = Number.NaN, output = Number.NaN] = (price ?? '').split(',').map(Number);
  if (price !== null && !(input >= 0 && output >= 0))
    throw bad('_PRICE', price, 'give US dollars for a million tokens in and out, like 0.15,0.6');
  const parsed = ModelSettings.safeParse({
    model,
    url,
    key: keyOf(at, readFile),
    maxRequests: number('_REQUESTS').value,
    maxTokens: number('_TOKENS').value,
    maxUsd: number('_USD').value,
    price: price === null ? null : { input, output },
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = NAMES[String(issue?.path[0] ?? '')] ?? '';
  throw bad(name, at(name) ?? '', issue?.message ?? 'its form is wrong');
}

function keyOf(at: (name: string) => string | null, readFile: (path: string) => string): string | null {
  const file = at('_KEY_FILE');
  if (file === null) return at('_KEY');
  try {
    return readFile(file).trim() || null;
  } catch {
    throw bad('_KEY_FILE', file, 'the file cannot be read');
  }
}
