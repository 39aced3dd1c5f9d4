import type { Item } from './data/item.ts';

/** An element of the rendered page, and what it says. */
export interface Place {
  readonly selector: string;
  /** Start tag and a little text, cut. */
  readonly snippet: string;
}

/** A meta element; `key` is its name, property or http-equiv in lower case. */
export interface MetaFact extends Place {
  readonly key: string;
  readonly content: string;
}

/** A link element. */
export interface LinkFact extends Place {
  /** Lower-case words of rel. */
  readonly rel: readonly string[];
  /** The href as written; empty when there is none. */
  readonly href: string;
  /** The href as the browser resolves it; null when its parser refuses it. */
  readonly url: string | null;
  readonly hreflang: string | null;
  readonly inHead: boolean;
}

/** A heading that is shown or read out. */
export interface HeadingFact extends Place {
  readonly level: number;
  readonly text: string;
}

/** A link of the page that search engines cannot use well. */
export interface AnchorFact extends Place {
  readonly fault: 'javascript' | 'no-href' | 'vague';
  readonly text: string;
}

/** One JSON-LD block as it stands in the rendered page. */
export interface JsonLdBlock extends Place {
  readonly text: string;
  /** True when the text was cut, so that its syntax cannot be judged. */
  readonly cut: boolean;
}

/** What the rendered document says, as `readPage` gives it. */
export interface PageFacts {
  /** lang of the html element; null when there is none. */
  readonly lang: string | null;
  readonly quirks: boolean;
  readonly titles: readonly (Place & { readonly text: string })[];
  readonly metas: readonly MetaFact[];
  readonly links: readonly LinkFact[];
  readonly headings: readonly HeadingFact[];
  readonly imagesWithoutAlt: readonly Place[];
  readonly anchors: readonly AnchorFact[];
  readonly jsonLd: readonly JsonLdBlock[];
}

/** The four things that a script may change under a crawler's eyes; null where there is none. */
export interface HeadValues {
  readonly title: string | null;
  readonly description: string | null;
  readonly canonical: string | null;
  readonly robots: string | null;
}

/** What the source says that the rendered document no longer shows. */
export interface SourceFacts extends HeadValues {
  /** Where `<meta charset>` (or its http-equiv form) ends, in bytes from the start; null when there is none. */
  readonly charsetEnd: number | null;
  readonly byteOrderMark: boolean;
}

/** All that the audit of one page may look at. */
export interface PageRaw extends PageFacts {
  readonly requestedUrl: string;
  readonly url: string;
  readonly status: number;
  /** Values of X-Robots-Tag, in order. */
  readonly robotsHeaders: readonly string[];
  /** Canonical address of the HTTP Link header; null when there is none. */
  readonly canonicalHeader: string | null;
  readonly contentType: string | null;
  readonly source: SourceFacts | null;
  /** Items of microdata and RDFa. */
  readonly items: readonly Item[];
}

/** Status of an address that a rule asks about. */
export interface Probe {
  readonly url: string;
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly location: string | null;
}

/** One sitemap file. */
export interface SitemapFact {
  readonly url: string;
  /** True when robots.txt or a sitemap index names it; false for the usual place, tried unasked. */
  readonly named: boolean;
  readonly status: number;
  /** What is wrong with the file, as short sentences. */
  readonly faults: readonly string[];
  /** Addresses of pages, as they are written. */
  readonly locations: readonly string[];
  /** Line of each address in the file, from 1; empty for a packed file. */
  readonly lines?: readonly number[];
}

/** What the site audit needs of each page. */
export interface PageSummary {
  readonly id: string;
  readonly requestedUrl: string;
  readonly url: string;
  readonly status: number;
  readonly title: string | null;
  readonly description: string | null;
  /** The elements that give title and description; null where there is none. */
  readonly titleAt?: Place | null;
  readonly descriptionAt?: Place | null;
  /** Resolved canonical address; null when there is none or several. */
  readonly canonical: (Place & { readonly url: string }) | null;
  readonly noindex: boolean;
  readonly alternates: readonly (Place & { readonly code: string; readonly url: string })[];
  readonly icon: boolean;
}

/** All that the site audit may look at. */
export interface SiteRaw {
  readonly origin: string;
  readonly productionOrigin: string | null;
  readonly pages: readonly PageSummary[];
  /** robots.txt, cut; null when it could not be asked for. */
  readonly robots: { readonly url: string; readonly status: number; readonly text: string } | null;
  readonly sitemaps: readonly SitemapFact[];
  /** Own addresses named by sitemaps, canonicals and language links that were not scanned as pages. */
  readonly probes: readonly Probe[];
  readonly favicon: Probe | null;
}
