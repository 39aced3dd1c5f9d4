import { StageflowError } from '@stageflow/engine/kernel';
import { ServerConfig } from './config.ts';
import { MODEL_VARIABLES } from './model-settings.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** `publicUrl` -> `STAGEFLOW_PUBLIC_URL`. */
function variableOf(field: string): string {
  return `STAGEFLOW_${field.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** Variables that other parts of the program read. */
const OTHERS = [
  ...['HOME', 'NODE', 'TOKEN', 'LOG', 'LOG_FORMAT', 'CACHE', 'NO_INSTALL', 'DEBUG', 'CORPORA', 'KEEP_JOBS'],
  ...['NATS_URL', 'NATS_TOKEN', 'NATS_TOKEN_FILE', 'NATS_SERVER', 'MINIO', 'VERSITYGW'],
  ...['ENDPOINT', 'REGION', 'PUBLIC_URL', 'PATH_STYLE', 'STAGING_DAYS'].map((name) => `S3_${name}`),
  ...['', 'SHARE_', 'UPLOAD_'].flatMap((use) =>
    ['ACCESS_KEY', 'SECRET_KEY'].flatMap((name) => [`S3_${use}${name}`, `S3_${use}${name}_FILE`]),
  ),
].map((name) => `STAGEFLOW_${name}`);

/** Fewest letters to insert, remove or replace to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

const bad = (option: string, value: string, reason: string) =>
  new StageflowError('bad_option', { option, value, reason });

/** The text of a variable as the type that the field's default has. */
function read(name: string, text: string, like: unknown): unknown {
  if (typeof like === 'number') {
    const number = Number(text);
    if (Number.isNaN(number)) throw bad(name, text, 'it must be a number');
    return number;
  }
  if (typeof like === 'boolean') {
    if (text === 'true' || text === '1') return true;
    if (text === 'false' || text === '0') return false;
    throw bad(name, text, 'give true or false');
  }
  if (!Array.isArray(like)) return text;
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The server's settings as the environment gives them, and a sentence for each variable that nobody reads. */
export interface ReadConfig {
  readonly config: ServerConfig;
  readonly warnings: readonly string[];
}

/**
 * Reads the settings. Each variable may be given by the path of a file instead (`STAGEFLOW_PUBLIC_URL_FILE`); empty ones count as
 * unset. What cannot be used is `bad_option`.
 */
export function readConfig(variables: Variables, readFile: (path: string) => string): ReadConfig {
  const defaults: Record<string, unknown> = ServerConfig.parse({});
  const given: Record<string, unknown> = {};
  const known = new Set([...OTHERS, ...MODEL_VARIABLES]);
  for (const [field, like] of Object.entries(defaults)) {
    const name = variableOf(field);
    known.add(name).add(`${name}_FILE`);
    const file = variables[`${name}_FILE`];
    let text = variables[name]?.trim();
    if (file) {
      if (text) throw bad(name, text, `${name}_FILE is set too; set one of them`);
      try {
        text = readFile(file).trim();
      } catch {
        throw bad(`${name}_FILE`, file, 'the file cannot be read');
      }
    }
    if (text) given[field] = read(name, text, like);
  }
  const parsed = ServerConfig.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = String(issue?.path[0] ?? '');
    throw bad(variableOf(field), String(given[field]), (issue?.message ?? 'its form is wrong').toLowerCase());
  }
  const { publicUrl } = parsed.data;
  if (publicUrl !== null && (!/^https?:$/.test(new URL(publicUrl).protocol) || new URL(publicUrl).pathname !== '/')) {
    throw bad(variableOf('publicUrl'), publicUrl, 'give scheme and host only, like https://scan.example.org');
  }
  return { config: parsed.data, warnings: unknownVariables(variables, [...known]) };
}

function unknownVariables(variables: Variables, known: readonly string[]): string[] {
  const strangers = Object.keys(variables).filter((name) => name.startsWith('STAGEFLOW_') && !known.includes(name));
  return strangers.map((name) => {
    const nearest = known.toSorted((a, b) => distance(name, a) - distance(name, b))[0] ?? '';
    return distance(name, nearest) <= 6
      ? `${name} means nothing here; did you mean ${nearest}?`
      : `${name} means nothing here.`;
  });
}
