import type { Box } from '@stageflow/engine/sdk';

/** Where an element is seen; null when it is hidden, missing in results of before this was noted. */
type Seen = Box | null | undefined;

/** A link of the rendered page. */
export interface LinkFact {
  readonly selector: string;
  /** Start tag and a little text, cut. */
  readonly snippet: string;
  /** The link's text, blanks folded, cut. */
  readonly text: string;
  /** The href as written. */
  readonly href: string;
  /** The href as the browser resolves it; null when its parser refuses it. */
  readonly url: string | null;
  /** True when the link works a control of the page (a tab, a button, something it expands). */
  readonly control: boolean;
  readonly box?: Seen;
}

/** What a resource is to the page; decides the rule that speaks of it. */
export type ResourceKind = 'image' | 'script' | 'stylesheet' | 'other';

/** An element that loads a file. */
export interface ResourceFact {
  readonly selector: string;
  readonly snippet: string;
  readonly url: string;
  readonly kind: ResourceKind;
  readonly box?: Seen;
}

/** What the rendered document says, as `readPage` gives it. */
export interface PageFacts {
  readonly title: string;
  /** Texts of the exposed h1 elements. */
  readonly headings: readonly string[];
  readonly links: readonly LinkFact[];
  readonly resources: readonly ResourceFact[];
  /** Every id, and every name of an `a` element. */
  readonly anchors: readonly string[];
  /** False when a list was cut, so that an absence proves nothing. */
  readonly complete: boolean;
}

/** A request of the visit that brought nothing. */
export interface FailedRequest {
  readonly url: string;
  readonly type: string;
  readonly status: number | null;
  /** Chromium's `net::ERR_…`, or null. */
  readonly failure: string | null;
}

/** All that the audit of one page may look at. */
export interface PageRaw extends Omit<PageFacts, 'resources'> {
  readonly requestedUrl: string;
  readonly url: string;
  readonly status: number;
  /** Where the page would lead its visitors by itself and the scan was not let, with the reason. */
  readonly departures: readonly { readonly url: string; readonly reason: string }[];
  /** Hops of the navigation, the page itself left out. */
  readonly redirects: readonly Hop[];
  readonly failed: readonly FailedRequest[];
  /** Elements whose file failed during the visit. */
  readonly broken: readonly ResourceFact[];
  /** Elements of the own site whose file the browser never asked for (lazy images, other sizes): the site cell asks. */
  readonly unasked: readonly ResourceFact[];
}

/** One redirect. */
export interface Hop {
  readonly url: string;
  readonly status: number;
  readonly location: string | null;
}

/** `unverified`: nobody can say, because the target was blocked, refused us, or was out of reach. */
export type Verdict = 'ok' | 'broken' | 'unverified';

/** What became of one target. */
export interface TargetFact {
  readonly url: string;
  readonly internal: boolean;
  readonly verdict: Verdict;
  /** Last status seen; null when there was no answer. */
  readonly status: number | null;
  /** Why it is broken or unverified, in a few words. */
  readonly reason: string | null;
  readonly hops: readonly Hop[];
  /** True when the redirects never end. */
  readonly loop: boolean;
  /** Why the guard went no further along the redirects, or null: they lead to a private address or leave the web. */
  readonly denied: string | null;
  /** Why the page looks like an error page though it answered 200; null otherwise. */
  readonly soft: string | null;
}

/** A place that uses a target. */
export interface Use {
  /** Index into `SiteRaw.targets`. */
  readonly target: number;
  readonly kind: 'link' | ResourceKind;
  readonly pageId: string;
  readonly selector: string;
  readonly snippet: string;
  readonly box?: Seen;
}

/** A link to a place in a page that is not there. */
export interface MissingAnchor {
  readonly pageId: string;
  readonly selector: string;
  readonly snippet: string;
  readonly box?: Seen;
  /** The page and fragment. */
  readonly url: string;
  readonly fragment: string;
}

/** All that the site audit may look at: targets with something to say, and where they are used. */
export interface SiteRaw {
  readonly origin: string;
  readonly targets: readonly TargetFact[];
  readonly uses: readonly Use[];
  readonly missingAnchors: readonly MissingAnchor[];
  /** Pages that could not be looked at for where they lead; missing in results of earlier versions. */
  readonly denied?: readonly {
    readonly pageId: string;
    readonly url: string;
    readonly to: string;
    readonly reason: string;
  }[];
  /** Answer of an address that cannot exist; null when it could not be asked. */
  readonly probe: { readonly url: string; readonly status: number } | null;
  readonly counts: {
    readonly targets: number;
    readonly ok: number;
    readonly broken: number;
    readonly unverified: number;
    readonly externalUnasked: number;
    readonly anchors: number;
  };
}
