import type { Photograph } from './photograph.ts';
import type { LighthouseReport } from './raw.ts';

/** What the worker is asked to measure. */
export interface WorkerOrder {
  readonly url: string;
  readonly executablePath: string;
  readonly args: readonly string[];
  readonly formFactor: 'desktop' | 'mobile';
  /** Header values of the person's login; sent to `ownOrigin` only. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly Readonly<Record<string, unknown>>[];
  readonly ownOrigin: string;
  /** ZIP jobs: addresses of this origin are answered from `ownOrigin`. */
  readonly productionOrigin: string | null;
  /** ZIP jobs: other origins are read with GET only. */
  readonly readOnly: boolean;
  /** True when axe looks at the page too: what it names is pictured already. */
  readonly besideAxe: boolean;
}

/** What the worker measured, or why it could not; and the last address of another site to which the page led the browser by itself. */
export type WorkerAnswer = { readonly led: string | null } & (
  | {
      readonly ok: true;
      readonly report: LighthouseReport;
      readonly axeSelectors: Readonly<Record<string, string>>;
      readonly milliseconds: number;
      /** Ids of the elements of which a picture was wanted. */
      readonly wanted: readonly string[];
      readonly photograph: Photograph | null;
      /** JSON of the page's timeline. */
      readonly timeline: Uint8Array;
      readonly html: string;
      /** Compressed JSON. */
      readonly trace: Uint8Array;
      readonly devtoolsLog: Uint8Array;
    }
  | { readonly ok: false; readonly reason: string }
);
