import { isErrorCode, StageflowError } from '@stageflow/engine/kernel';

/** The error of a problem document, in its own words; null when the text is none. */
export function problemIn(text: string): StageflowError | null {
  try {
    const { code, detail } = JSON.parse(text) as { code?: unknown; detail?: unknown };
    if (typeof code !== 'string' || typeof detail !== 'string' || !isErrorCode(code)) return null;
    const error = new StageflowError(code);
    error.message = detail;
    return error;
  } catch {
    return null;
  }
}
