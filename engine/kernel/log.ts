/** How loud a line is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Structured log: one JSON object a line. Never hand it secrets; values under known secret names are masked anyway. */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
  /** A log whose lines all bear `fields` (jobId, attempt, container). */
  child(fields: Record<string, unknown>): Log;
}

const ORDER: Record<LogLevel, number> = { debug: 10, info: 20, warn: 30, error: 40 };
const SECRET = /token|secret|password|authorization|cookie|storage.?state|basic.?auth/i;

/** Masks values under names that smell of secrets, errors to their message, at any depth up to four. */
function masked(value: unknown, depth = 0): unknown {
  if (value instanceof Error) return { message: value.message, code: (value as { code?: unknown }).code };
  if (typeof value !== 'object' || value === null || depth > 4) return value;
  if (Array.isArray(value)) return value.map((item) => masked(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, SECRET.test(key) ? '[masked]' : masked(item, depth + 1)]),
  );
}

/** A log that writes NDJSON lines of at least `level` through `write`. JSON escapes control characters, so a hostile value cannot forge a line. */
export function createLog(level: LogLevel, write: (line: string) => void, fields: Record<string, unknown> = {}): Log {
  const say = (at: LogLevel) => (message: string, more?: Record<string, unknown>) => {
    if (ORDER[at] < ORDER[level]) return;
    const record = { time: new Date().toISOString(), level: at, message, ...fields, ...more };
    write(JSON.stringify(masked(record)));
  };
  return {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    child: (more) => createLog(level, write, { ...fields, ...more }),
  };
}

/** A log that says nothing. */
export const silentLog: Log = createLog('error', () => {});
