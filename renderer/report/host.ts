/**
 * What a report needs of whoever shows it. The offline file, the server's app and the desktop's window are three hosts of the
 * same screens; the screens never fetch, and never know where they are.
 */

import type { TrendPoint } from './trend.tsx';

/** Where an object of the job can be had. */
export type Evidence =
  | {
      readonly url: string;
      /**
       * `inside`: in the page already. `there`: a picture may be loaded when it comes into view.
       * `perhaps`: it may have been left behind when the file was sent on, so it is asked for only when the reader asks.
       */
      readonly reach: 'inside' | 'there' | 'perhaps';
    }
  | {
      readonly url: null;
      /** Why there is none, as a sentence for the reader. */
      readonly reason: string;
    };

/** What became of causes since an earlier report of the same site, by fingerprint. */
export interface Baseline {
  /** The earlier report's name for people. */
  readonly name: string;
  readonly new: ReadonlySet<string>;
  /** Titles of causes that are gone, worst first. */
  readonly fixed: readonly { readonly title: string; readonly severity: string; readonly outcome: string }[];
  readonly same: number;
  readonly notComparable: number;
  /** What makes the two hard to compare, in words. */
  readonly cautions: readonly string[];
}

/** A person's word that a cause is set aside. */
export interface Decision {
  readonly fingerprint: string;
  readonly reason: string;
  /** Who said so. */
  readonly owner: string;
  /** Milliseconds since the epoch after which it counts again; null for never. */
  readonly until: number | null;
}

/** What people decided about causes, where a host keeps that. It holds from the next scan on: a report stays as it was found. */
export interface Decisions {
  /** By fingerprint. */
  readonly of: ReadonlyMap<string, Decision>;
  /** How to decide; null for whoever may only look. Both reject with an error whose message is a sentence for the reader. */
  readonly change: {
    readonly setAside: (fingerprint: string, reason: string, until: number | null) => Promise<void>;
    readonly countAgain: (fingerprint: string) => Promise<void>;
  } | null;
}

/** Filters that a reader gave a name, where a host remembers them. */
export interface SavedFilters {
  /** Hashes of the findings' screen, by name. */
  readonly byName: Readonly<Record<string, string>>;
  readonly keep: (name: string, hash: string) => void;
  readonly drop: (name: string) => void;
}

/** What a host knows beside the report. */
export interface Beside {
  readonly decisions: Decisions | null;
  readonly filters: SavedFilters | null;
  /** Causes of this and earlier jobs of the same site, oldest first; empty when there are none. */
  readonly trend: readonly TrendPoint[];
}

/** One host. */
export interface ReportHost {
  /** Looks an object up by its path in the job's folder of artifacts, for example `page/evidence/p…/screenshot.jpg`. */
  readonly evidence: (path: string) => Evidence;
  /** Reads a JSON object of the job by the same path; null when it cannot be had. What it gives is unchecked. */
  readonly document: (path: string) => Promise<unknown>;
  /** A sentence on where the artifacts lie, shown above their list. */
  readonly artifactsLie: string;
  /** Looks whether they are there, by the path of a picture among them; only where nobody can be sure. */
  readonly areThere?: (picture: string) => Promise<boolean>;
}

/** The path of a key: a key's first part is the job, which a host knows by itself. */
export const pathOf = (key: string): string => key.slice(key.indexOf('/') + 1);

/** Address of an artifact below `base` (ends in `/`), or null for a path that would lead out of it. */
export function below(base: string, path: string): string | null {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return null;
  return base + parts.map((part) => encodeURIComponent(part.toWellFormed())).join('/');
}
