import { styleText } from 'node:util';
import { createLog, type Log, type LogLevel, StageflowError } from '@stageflow/engine/kernel';

const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'] satisfies LogLevel[];
const COLOR = { debug: 'gray', info: 'cyan', warn: 'yellow', error: 'red' } as const;

/** A JSON line for eyes: time, level, message, then the fields. Values stay JSON, so that nothing in them can move a cursor. */
export function prettyLine(line: string): string {
  const { time, level, message, ...fields } = JSON.parse(line) as {
    time: string;
    level: LogLevel;
    message: string;
    [field: string]: unknown;
  };
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const word = styleText(COLOR[level], level.padEnd(5), { stream: process.stderr });
  const text = [JSON.stringify(message).slice(1, -1), ...rest].join(' ');
  // JSON escapes the first 32 control characters; terminals obey these too.
  const shown = text.replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${time.slice(11, 19)} ${word} ${shown}`;
}

/**
 * The server's log on stderr: `STAGEFLOW_LOG` is the level (default `info`), `STAGEFLOW_LOG_FORMAT` is `json` or `pretty` (default: JSON, unless a
 * person looks on).
 */
export function serverLog(env: NodeJS.ProcessEnv, stream: NodeJS.WriteStream = process.stderr): Log {
  const level = env.STAGEFLOW_LOG || 'info';
  if (!LEVELS.includes(level)) {
    throw new StageflowError('bad_option', {
      option: 'STAGEFLOW_LOG',
      value: level,
      reason: `give one of ${LEVELS.join(', ')}`,
    });
  }
  const format = env.STAGEFLOW_LOG_FORMAT || (stream.isTTY ? 'pretty' : 'json');
  if (format !== 'json' && format !== 'pretty') {
    throw new StageflowError('bad_option', {
      option: 'STAGEFLOW_LOG_FORMAT',
      value: format,
      reason: 'give json or pretty',
    });
  }
  return createLog(level as LogLevel, (line) => stream.write(`${format === 'json' ? line : prettyLine(line)}\n`));
}
