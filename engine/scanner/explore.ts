import type { Page } from 'playwright-core';
import type { PlanAnswer, PlanRequest } from './plan.ts';
import type { AuditContext, PageContext } from './sdk.ts';
import type { CellFindings, ScannerFinding } from './finding.ts';

/** What a page module receives of a state that was reached by acting on a page: the page as it stands, and nothing of its navigation. */
export type StateContext = Pick<PageContext, 'page' | 'pageId' | 'url' | 'job' | 'options' | 'signal' | 'log'>;

/** What one page module said of one state. */
export interface StateLook {
  readonly scanner: string;
  readonly findings: readonly ScannerFinding[];
  /** Why it could not look, or null. */
  readonly failure: string | null;
}

/** A request that was not let out while a page was acted on. */
export interface HeldRequest {
  readonly method: string;
  readonly url: string;
  readonly reason: string;
}

/** A tab that a module of the explore lane acts in. Real input goes through `page`; it never leaves the page's own origin. */
export interface ExploreTab {
  readonly page: Page;
  /** Runs a function that stands alone in a world that the page's scripts cannot touch. */
  inside<A, R>(run: (arg: A) => R, arg: A): Promise<Awaited<R>>;
  /** Shows the page as its first visitor sees it: storage emptied, loaded anew. */
  restart(): Promise<void>;
  /** Requests held back and navigations refused since the last restart. */
  held(): readonly HeldRequest[];
  /** Requests under way. */
  inFlight(): number;
}

/** What `collect` of a scanner of the explore lane receives: a tab of its own, and the machine to itself. */
export interface ExploreContext extends Omit<PageContext, 'page' | 'visit'> {
  readonly tab: ExploreTab;
  /** Lets every page module of the job that can look at a state look at the tab as it stands. */
  look(): Promise<readonly StateLook[]>;
  /** True on the page that the job begins with: what is wanted of the whole site begins there. */
  readonly entry: boolean;
  /** Asks for the next step towards the module's option `goal`; null where no model is configured. */
  plan(request: Omit<PlanRequest, 'scanner' | 'pageId'>): Promise<PlanAnswer | null>;
}

/** A scanner of the explore lane. `collect` acts on the page and keeps all that it did and saw; `audit` is pure. */
export interface ExploreScanner<Raw = unknown> {
  readonly lane: 'explore';
  collect(ctx: ExploreContext): Promise<Raw>;
  audit(raw: Raw, ctx: AuditContext): CellFindings;
}
