/** Why a request is not answered as asked. */
export class Refusal extends Error {
  /** HTTP status of the answer. */
  readonly status: number;
  /** Code of the error table. */
  readonly code: string;
  /** True when an honest container would never have sent this: counted, and fatal when it happens often. */
  readonly violation: boolean;

  constructor(status: number, code: string, reason: string, violation = false) {
    super(reason);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.violation = violation;
  }
}

/** A breach of the protocol. */
export const breach = (status: number, reason: string): Refusal => new Refusal(status, 'bad_result', reason, true);
