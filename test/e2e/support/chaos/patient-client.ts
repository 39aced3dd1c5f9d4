import { setTimeout as pause } from 'node:timers/promises';

/** A client that asks again until it is answered, as a script in front of a server that may die at any time has to. */
export interface PatientClient {
  /** Submits a job and returns its id once it is accepted; each try bears the same Idempotency-Key. Throws when the server refuses it. */
  submit(job: Submission): Promise<string>;
  /** The answer to a GET, whatever it is, short of "not now". */
  get(path: string): Promise<Response>;
  /** Requests that had to be sent again. */
  repeats(): number;
}

/** What one job's request consists of. */
export interface Submission {
  readonly key: string;
  readonly path: string;
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

const AGAIN_MS = 250;
const PATIENCE_MS = 15_000;

/** A client of one token that gives up when `giveUp` aborts. */
export function patientClient(origin: string, token: string, giveUp: AbortSignal): PatientClient {
  let repeats = 0;
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    for (;;) {
      giveUp.throwIfAborted();
      try {
        const answer = await fetch(`${origin}${path}`, {
          ...init,
          headers: { ...init.headers, authorization: `Bearer ${token}` },
          signal: AbortSignal.any([giveUp, AbortSignal.timeout(PATIENCE_MS)]),
        });
        // Read whole: a server may die in the middle of an answer too.
        const body = await answer.arrayBuffer();
        const { status, headers } = answer;
        const inFlight = status === 409 && Buffer.from(body).includes('request_in_flight');
        if (status < 500 && status !== 429 && status !== 408 && !inFlight)
          return new Response(body, { status, headers });
      } catch (error) {
        if (giveUp.aborted) throw error;
      }
      repeats += 1;
      await pause(AGAIN_MS, undefined, { signal: giveUp });
    }
  };
  return {
    submit: async ({ key, path, type, headers, body }) => {
      const answer = await ask(path, {
        method: 'POST',
        body,
        headers: { 'content-type': type, 'idempotency-key': key, ...headers },
      });
      const text = await answer.text();
      if (answer.status !== 202) throw new Error(`${key} was refused with ${answer.status}: ${text}`);
      return (JSON.parse(text) as { id: string }).id;
    },
    get: (path) => ask(path, {}),
    repeats: () => repeats,
  };
}
