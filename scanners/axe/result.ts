/** The part of axe's result that is stored; what a tool says is data from the page, so every text is capped on the way in. */
export interface AxeCheck {
  readonly id: string;
  readonly message: string;
  readonly data: unknown;
}

export interface AxeNode {
  /** One entry per frame; an entry that is a list steps into shadow roots. */
  readonly target: readonly (string | readonly string[])[];
  readonly html: string;
  readonly impact: string | null;
  readonly failureSummary: string | null;
  readonly any: readonly AxeCheck[];
  readonly all: readonly AxeCheck[];
  readonly none: readonly AxeCheck[];
}

export interface AxeRule {
  readonly id: string;
  readonly impact: string | null;
  readonly tags: readonly string[];
  readonly help: string;
  readonly description: string;
  readonly helpUrl: string;
  readonly nodes: readonly AxeNode[];
  /** How many nodes there were before the cap. */
  readonly nodeCount: number;
}

export interface AxeRaw {
  readonly version: string;
  readonly url: string;
  readonly violations: readonly AxeRule[];
  readonly incomplete: readonly AxeRule[];
  /** Rules that passed on at least one element. A rule may stand here and among the violations. */
  readonly passes: readonly string[];
  readonly inapplicable: readonly string[];
  /** Frames in which axe could not run. */
  readonly framesMissed: number;
}

/** Most nodes kept per rule. */
export const MOST_NODES = 500;
