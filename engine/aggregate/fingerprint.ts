import { sha256Hex } from '../kernel/ids.ts';

/** What makes a cause the same cause in another run, on another host, in another order. */
export interface CauseIdentity {
  /** The fault's name across modules, or `<module>/<rule>`. */
  readonly issue: string;
  /** What sets it apart where there is no element, without origins; null when there is none. */
  readonly evidence: string | null;
  /** Shape of the element: path and tag without positions, texts, addresses, ids and numbers; null for the document. */
  readonly shape: string | null;
}

/** 32 hexadecimal digits; a function of the identity alone: no origin, no order, no time, no wording. */
export function fingerprint(identity: CauseIdentity): string {
  return sha256Hex(JSON.stringify(['2', identity.issue, identity.evidence, identity.shape])).slice(0, 32);
}
