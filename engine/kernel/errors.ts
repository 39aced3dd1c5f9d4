import type { ErrorRow } from './error-row.ts';
import { ERRORS } from './error-table.ts';

/** A code of the closed list. */
export type ErrorCode = keyof typeof ERRORS;

/** True when text read from outside is a code of the list. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** The table's row for a code. */
export function errorRow(code: ErrorCode): ErrorRow {
  return ERRORS[code];
}

/** A failure with a code of the table; its message is the table's sentence, filled from `details`. */
export class StageflowError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(code: ErrorCode, details: Record<string, string | number> = {}, options?: { cause?: unknown }) {
    super(fill(ERRORS[code].sentence, details), options);
    this.name = 'StageflowError';
    this.code = code;
    this.details = details;
  }

  /** The part that is not in the table: why it happened here. What is sent where the sentence is filled again. */
  get reason(): string {
    return String(this.details.reason ?? this.message);
  }

  /** The row of the table behind this error. */
  get row(): ErrorRow {
    return ERRORS[this.code];
  }
}

/** Control characters from hostile names must not reach a terminal or a log through a sentence. */
function printable(value: string): string {
  return value.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, (c) => {
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function fill(sentence: string, details: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => printable(String(details[name] ?? '?')).slice(0, 500));
}

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Any thrown value as a coded error: ours as it is, a full disk as `disk_full`, the rest as `internal` with its cause. */
export function asStageflowError(thrown: unknown): StageflowError {
  if (thrown instanceof StageflowError) return thrown;
  const { code, path, message } = (thrown ?? {}) as { code?: unknown; path?: unknown; message?: unknown };
  if (typeof code === 'string' && FULL.has(code)) {
    return new StageflowError(
      'disk_full',
      { path: typeof path === 'string' ? path : 'the data folder' },
      { cause: thrown },
    );
  }
  return new StageflowError('internal', { reason: reasonOf(thrown, message) }, { cause: thrown });
}

/** What an unforeseen failure says of itself, as one short line: a schema's complaint by its first place, not as a JSON list of all. */
function reasonOf(thrown: unknown, message: unknown): string {
  const { issues } = (thrown ?? {}) as { issues?: unknown };
  const first = (Array.isArray(issues) ? issues[0] : null) as { path?: unknown; message?: unknown } | null;
  if (typeof first?.message === 'string') {
    const place = Array.isArray(first.path) ? first.path.map(String).join('.') : '';
    return `unexpected data${place === '' ? '' : ` at ${place}`} (${first.message.slice(0, 200)})`;
  }
  const text = typeof message === 'string' ? message : String(thrown);
  return text.replaceAll(/\s+/g, ' ').slice(0, 300);
}
