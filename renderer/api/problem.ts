import type { Problem as ProblemDocument } from './schema.ts';

/** What to do next, where the server's sentence cannot know it. */
const NEXT: Readonly<Record<string, string>> = {
  unauthenticated: 'Sign in again to go on.',
  forbidden: 'Your token may not do this. Ask an administrator for one that may.',
  offline: 'Check the connection and that the server runs, then try again.',
};

/** What a failure's answer said beside its sentence. */
export interface ProblemDetails {
  /** 0 when no answer came. */
  readonly status: number;
  readonly requestId: string | null;
  /** When to come back, in seconds. */
  readonly retryAfter: number | null;
  /** Fields of the request that cannot be used. */
  readonly errors: NonNullable<ProblemDocument['errors']>;
}

/** A request that failed, as people are told of it. */
export class Problem extends Error {
  override readonly name = 'Problem';

  /** Code of the error table; `offline` when no answer came. */
  readonly code: string;
  /** What happened and what to do next. */
  readonly sentence: string;
  readonly details: ProblemDetails;

  constructor(code: string, sentence: string, details: Partial<ProblemDetails> = {}) {
    super(sentence);
    this.code = code;
    this.sentence = sentence;
    this.details = { status: 0, requestId: null, retryAfter: null, errors: [], ...details };
  }
}

/** No answer came at all. */
export const noAnswer = (): Problem => new Problem('offline', `The server does not answer. ${NEXT['offline']}`);

/** Reads the problem document of an answer; one that is none becomes a sentence all the same. */
export async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get('retry-after') ?? '') || null;
  const document = (await response.json().catch(() => null)) as Partial<ProblemDocument> | null;
  const code = document?.code ?? `http_${response.status}`;
  const said = document?.detail ?? `The server answered with ${response.status}. Try again in a moment.`;
  const next = NEXT[code];
  const wait = retryAfter === null ? '' : ` Try again in ${retryAfter} s.`;
  return new Problem(code, `${next === undefined ? said : `${said} ${next}`}${wait}`, {
    status: response.status,
    requestId: document?.requestId ?? response.headers.get('x-request-id'),
    retryAfter,
    errors: document?.errors ?? [],
  });
}

/** Any failure as a problem. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem('internal', `Something broke in this window: ${message}. Load the page again.`);
}
