import { StageflowError } from '@stageflow/engine/kernel';

/** Most bytes of a JSON body, and most brackets open at once in it. */
export const JSON_LIMITS = { bytes: 256 * 1024, depth: 64 } as const;

const refused = (reason: string) => new StageflowError('bad_request', { reason });

/** Deepest nesting of a JSON text, without building anything from it. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const c = text[at];
    if (inText) {
      if (c === '\\') at += 1;
      else if (c === '"') inText = false;
    } else if (c === '"') inText = true;
    else if (c === '{' || c === '[') deepest = Math.max(deepest, (depth += 1));
    else if (c === '}' || c === ']') depth -= 1;
  }
  return deepest;
}

/** A value out of hostile JSON text. Refused as `bad_request`: no JSON, nested too deep, or a key that would change an object's prototype. */
export function readJsonText(text: string): unknown {
  if (depthOf(text) > JSON_LIMITS.depth) throw refused(`it is nested deeper than ${JSON_LIMITS.depth} levels`);
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (key === '__proto__') throw refused('it holds the key __proto__');
      return value;
    });
  } catch (error) {
    if (error instanceof StageflowError) throw error;
    throw refused('it is not JSON');
  }
}
