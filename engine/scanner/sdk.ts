import type { Page } from 'playwright-core';
import type { Log } from '../kernel/index.ts';
import type { ExploreScanner, StateContext } from './explore.ts';
import type { Box, CellFindings, Occurrence, ScannerFinding } from './finding.ts';
import type { Manifest } from './manifest.ts';

/** One request of the page's single navigation, as the browser saw it. Bodies are not kept. */
export interface RequestRecord {
  readonly url: string;
  readonly method: string;
  /** Playwright's resource type: document, stylesheet, script, image, font, xhr, fetch, ... */
  readonly type: string;
  /** Null when no answer came. */
  readonly status: number | null;
  /** Names in lower case; a header that came twice stands twice. */
  readonly responseHeaders: readonly (readonly [string, string])[];
  readonly requestHeaders: readonly (readonly [string, string])[];
  readonly mimeType: string | null;
  /** Bytes on the wire; null when unknown. */
  readonly bytes: number | null;
  /** Why it failed (`net::ERR_…`), or null. */
  readonly failure: string | null;
  /** Set when the guard refused it, with the reason. */
  readonly blocked: string | null;
  /** `h2`, `http/1.1`, ... */
  readonly protocol: string | null;
  readonly startedAt: number;
  readonly milliseconds: number | null;
}

/** One hop on the way from the asked address to the page. */
export interface RedirectHop {
  readonly url: string;
  readonly status: number;
  readonly location: string | null;
}

/** TLS as the browser saw it on the main document; null for plain HTTP. */
export interface TlsFacts {
  readonly protocol: string;
  readonly issuer: string;
  readonly subject: string;
  /** Seconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** A cookie as the browser stored it during the visit. The value is never kept. */
export interface CookieFacts {
  readonly name: string;
  readonly domain: string;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: 'Strict' | 'Lax' | 'None' | null;
  readonly session: boolean;
  /** True when set by a Set-Cookie header of the main document's answer. */
  readonly fromDocument: boolean;
}

/** All that one navigation recorded; every page module reads the same record. */
export interface Visit {
  readonly requestedUrl: string;
  readonly finalUrl: string;
  readonly status: number;
  readonly redirects: readonly RedirectHop[];
  /** Headers of the main document's answer, names in lower case. */
  readonly headers: readonly (readonly [string, string])[];
  /** The document as the server sent it (decoded text, at most 5 MiB). */
  readonly sourceHtml: string;
  /** The document after scripts have run (at most 5 MiB). */
  readonly renderedHtml: string;
  readonly requests: readonly RequestRecord[];
  /** Where the page would have led the browser by itself (meta refresh, `Refresh` header, script) and was not followed, with the reason. */
  readonly departures: readonly { readonly url: string; readonly reason: string }[];
  readonly console: readonly {
    readonly level: string;
    readonly text: string;
    readonly url: string | null;
    readonly line: number | null;
  }[];
  readonly pageErrors: readonly string[];
  readonly cookies: readonly CookieFacts[];
  readonly tls: TlsFacts | null;
}

/** What is known of the job by every scanner. */
export interface JobFacts {
  readonly source: 'zip' | 'urls';
  /** Origin of the page under scan. */
  readonly origin: string;
  /** ZIP jobs: the production origin that means this build, when known. A link to it is an internal link. */
  readonly productionOrigin: string | null;
  readonly device: 'desktop' | 'mobile';
}

/** An answer of `ctx.fetch`: redirects are never followed, bodies are capped at 1 MiB. */
export interface GuardedAnswer {
  readonly url: string;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  /** True when the body was longer than the cap. */
  readonly cut: boolean;
}

/** Why a guarded fetch gave no answer. `denied` comes from the egress guard (or a ZIP job's closed egress). */
export interface GuardedFailure {
  readonly url: string;
  readonly failure: 'denied' | 'dns' | 'connect' | 'tls' | 'timeout' | 'reset' | 'protocol';
  readonly reason: string;
}

export interface GuardedRequest {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds, 15,000 unless told otherwise. */
  readonly timeout?: number;
  /** Offers the server nothing newer than TLS 1.1: an answer says that it still takes what browsers refuse. */
  readonly oldTls?: boolean;
}

/** The scanners' only way to a network: the same guard as the browser's; own origin of a ZIP job included. */
export type GuardedFetch = (url: string, request?: GuardedRequest) => Promise<GuardedAnswer | GuardedFailure>;

/** Stores a picture or document beside the cell and gives its key for a finding or a fact. */
export type PutEvidence = (name: string, bytes: Uint8Array) => Promise<string>;

/** What `collect` of a page scanner receives. The page is loaded, settled, and shared: leave it as it was found. */
export interface PageContext {
  readonly page: Page;
  readonly pageId: string;
  readonly url: string;
  readonly visit: Visit;
  readonly job: JobFacts;
  readonly options: Readonly<Record<string, unknown>>;
  readonly fetch: GuardedFetch;
  readonly putEvidence: PutEvidence;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** What a scanner of the machine lane receives: no shared page, its own browser. */
export interface MachineContext extends Omit<PageContext, 'page' | 'visit'> {
  /** Chromium's executable and the flags that the runner always uses (proxy, sandbox, trust). Speak to it over a pipe, never a port. */
  readonly browser: { readonly executablePath: string; readonly args: readonly string[] };
  readonly lighthouse: { readonly runs: number; readonly formFactor: 'desktop' | 'mobile' };
  /** Every module of the job. */
  readonly modules: readonly string[];
  /** Cuts crops out of a picture that the scanner took and stores them: the key of each box, null for one outside of the picture. Rejects when none could be cut. */
  cutCrops(
    picture: { readonly jpeg: Uint8Array; readonly width: number; readonly height: number },
    boxes: readonly Box[],
  ): Promise<(string | null)[]>;
  /** Extra request headers and cookies of the person's login; never store them. */
  readonly access: {
    readonly headers: Readonly<Record<string, string>>;
    readonly cookies: readonly Record<string, unknown>[];
  };
}

/** What `collectSite` receives: the raw results of this scanner's own page cells, also those of earlier attempts. */
export interface SiteContext extends Omit<PageContext, 'page' | 'pageId' | 'url' | 'visit'> {
  readonly pages: readonly {
    readonly id: string;
    readonly url: string;
    readonly finalUrl: string;
    /** The page cell's raw result, as `collect` returned it. */
    raw(): Promise<unknown>;
  }[];
  /** Pages that could not be looked at: they lead their visitors to `to`, which the guard refused for `reason`. */
  readonly denied: readonly {
    readonly id: string;
    readonly url: string;
    readonly to: string;
    readonly reason: string;
  }[];
}

/** What `audit` may know: nothing of the outside. */
export interface AuditContext {
  readonly manifest: Manifest;
  readonly job: JobFacts;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A scanner of the page lane. `collect` touches the page and returns plain JSON; `audit` is pure and replayable from that JSON alone. */
export interface PageScanner<Raw = unknown, SiteRaw = unknown> {
  readonly lane: 'page';
  collect(ctx: PageContext): Promise<Raw>;
  audit(raw: Raw, ctx: AuditContext): CellFindings;
  /** Site scope, when the manifest says `site: true`. */
  collectSite?(ctx: SiteContext): Promise<SiteRaw>;
  auditSite?(raw: SiteRaw, ctx: AuditContext): CellFindings;
  /** Looks at a state of the page that another module reached by acting on it; what it gives goes to `audit`. Left out by modules to which only the page as it loads means something. */
  collectState?(ctx: StateContext): Promise<Raw>;
}

/** A scanner that owns the machine while it runs. */
export interface MachineScanner<Raw = unknown> {
  readonly lane: 'machine';
  collect(ctx: MachineContext): Promise<Raw>;
  audit(raw: Raw, ctx: AuditContext): CellFindings;
}

export type Scanner = PageScanner | MachineScanner | ExploreScanner;

/** Declares a scanner; the folder's `index.ts` exports it as default. */
export function definePageScanner<Raw, SiteRaw = never>(scanner: Omit<PageScanner<Raw, SiteRaw>, 'lane'>): Scanner {
  return { lane: 'page', ...scanner } as unknown as Scanner;
}

/** Declares a scanner of the machine lane. */
export function defineMachineScanner<Raw>(scanner: Omit<MachineScanner<Raw>, 'lane'>): Scanner {
  return { lane: 'machine', ...scanner } as unknown as Scanner;
}

/** Declares a scanner of the explore lane. */
export function defineExploreScanner<Raw>(scanner: Omit<ExploreScanner<Raw>, 'lane'>): Scanner {
  return { lane: 'explore', ...scanner } as unknown as Scanner;
}

/** A finding of a rule in the manifest: wording and weight from there, places and measured values from the check. */
export function findingOf(
  manifest: Manifest,
  rule: string,
  occurrences: readonly Occurrence[],
  more: Partial<Pick<ScannerFinding, 'severity' | 'outcome' | 'confidence' | 'evidence' | 'title'>> = {},
): ScannerFinding {
  const row = manifest.rules[rule];
  if (!row) throw new TypeError(`${manifest.id}: the manifest has no rule ${rule}`);
  return {
    rule,
    ...(row.issue === undefined ? {} : { issue: row.issue }),
    title: row.title,
    severity: row.severity,
    outcome: 'fail',
    confidence: row.confidence,
    category: row.category,
    standards: row.standards,
    howToFix: row.howToFix,
    ...(row.helpUrl === undefined ? {} : { helpUrl: row.helpUrl }),
    ...(row.dependsOn === undefined ? {} : { dependsOn: row.dependsOn }),
    occurrences: [...occurrences],
    ...more,
  };
}

/** Text cut to `max` UTF-16 units without splitting a surrogate pair. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = text.charCodeAt(max - 2);
  return `${text.slice(0, end >= 0xd800 && end <= 0xdbff ? max - 2 : max - 1)}…`;
}
