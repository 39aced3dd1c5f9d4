import { homedir, tmpdir } from 'node:os';
import { z } from 'zod';
import { ERRORS, isErrorCode } from '../../../engine/kernel/index.ts';
import { Problem } from '../../../server/problem.ts';
import type { Route } from '../../../server/route.ts';

/** An answer, read as far as it may be needed. */
export interface ReadAnswer {
  readonly status: number;
  readonly type: string;
  readonly headers: string;
  readonly text: string;
}

/** Most of a body that is looked at, and how long a live stream may take to say something. */
const MOST_BYTES = 1_000_000;
const STREAM_MS = 20;

/** Reads an answer; of a live stream only its beginning. */
export async function readAnswer(answer: Response): Promise<ReadAnswer> {
  const type = answer.headers.get('content-type') ?? '';
  const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  const chunks: Uint8Array[] = [];
  const reader = answer.body?.getReader();
  let size = 0;
  while (reader !== undefined && size < MOST_BYTES) {
    const late = Promise.withResolvers<null>();
    const timer = type.startsWith('text/event-stream') ? setTimeout(() => late.resolve(null), STREAM_MS) : undefined;
    const read = await Promise.race([reader.read(), late.promise]);
    clearTimeout(timer);
    if (read === null || read.done) break;
    chunks.push(read.value);
    size += read.value.length;
  }
  await reader?.cancel().catch(() => {});
  return { status: answer.status, type, headers, text: Buffer.concat(chunks).toString() };
}

/** What no answer may hold: places of this machine, and where in the code it was. */
const INWARD: readonly [what: string, pattern: RegExp][] = [
  ...[process.cwd(), `${tmpdir()}/`, homedir() === '/' ? '/home/' : `${homedir()}/`, '/home/'].map(
    (place): [string, RegExp] => [`the place ${place}`, new RegExp(place.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))],
  ),
  ['a module folder', /node_modules|node:internal|file:\/\/\/(?!etc\/passwd)/],
  ['a stack', /\n\s*at .*:\d+:\d+|\.ts:\d+:\d+/],
  ['a database', /SQLITE_|SqliteError|better-sqlite3/],
];

/** What is wrong with an answer, in sentences. `route` is the one that was asked for. */
export function faultsOf({ status, type, headers, text }: ReadAnswer, route: Route): string[] {
  const faults: string[] = [];
  const documented = route.definition?.responses[status];
  if (status >= 500 && documented === undefined) faults.push(`it is ${status}: ${text.slice(0, 300)}`);
  for (const [what, pattern] of INWARD)
    if (pattern.test(text) || pattern.test(headers))
      faults.push(`it names ${what}: ${pattern.exec(text)?.[0] ?? headers}`);
  if (status >= 400 && documented === undefined) faults.push(...faultsOfProblem(status, type, text));
  if (status < 400 && documented === undefined) faults.push(`${status} is not in the document`);
  const schema = schemaOf(documented);
  if (schema !== null && type.startsWith('application/json')) {
    const parsed = schema.safeParse(JSON.parse(text));
    if (!parsed.success) faults.push(`its body is not as documented: ${parsed.error.message.slice(0, 500)}`);
  }
  return faults;
}

type Documented = NonNullable<Route['definition']>['responses'][number];

/** The schema of a documented JSON answer; null when it has none that can judge. */
function schemaOf(documented: Documented | undefined): z.ZodType | null {
  const content = documented !== undefined && 'content' in documented ? documented.content : undefined;
  const json = content?.['application/json'];
  return json !== undefined && 'schema' in json && json.schema instanceof z.ZodType ? json.schema : null;
}

function faultsOfProblem(status: number, type: string, text: string): string[] {
  if (!type.startsWith('application/problem+json')) return [`${status} comes as '${type}': ${text.slice(0, 200)}`];
  const problem = Problem.safeParse(JSON.parse(text));
  if (!problem.success) return [`it is no problem document: ${text.slice(0, 300)}`];
  const { code, status: said, detail } = problem.data;
  if (!isErrorCode(code)) return [`its code ${code} is not in the table`];
  if (ERRORS[code].http !== status || said !== status) return [`${code} is told as ${status}`];
  return detail.length > 3000 ? [`its sentence has ${detail.length} characters`] : [];
}
