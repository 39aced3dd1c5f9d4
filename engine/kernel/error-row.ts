/** What a consumer may do with a failure: never try again, once more on a new pod, or again after growing delays. */
export type RetryPolicy = 'never' | 'once' | 'backoff';

/** Exit codes of the command line. Only 0 is green. */
export const EXIT = {
  pass: 0,
  policyFailed: 1,
  usage: 2,
  incomplete: 3,
  nothingScanned: 4,
  environment: 5,
  interrupted: 130,
} as const;

/** One row of the error table. */
export interface ErrorRow {
  /** What happened and what to do next, for a person. `{name}` is filled from the error's details. */
  readonly sentence: string;
  /** Which verb the bus and the job loop choose. */
  readonly retry: RetryPolicy;
  /** The command line's exit code when this ends the run. */
  readonly exit: number;
  /** The HTTP status when this is the answer to a request. */
  readonly http: number;
}

/** Writes one row of the table. */
export const row = (sentence: string, exit: number, http: number, retry: RetryPolicy = 'never'): ErrorRow => ({
  sentence,
  retry,
  exit,
  http,
});
