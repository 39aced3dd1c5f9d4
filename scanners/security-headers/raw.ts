import type { CookieFacts, TlsFacts } from '@stageflow/engine/sdk';

/** A header of an answer; the name is in lower case. */
export type Header = readonly [name: string, value: string];

/** A cookie as a Set-Cookie header asked for it. The value is never kept. */
export interface SetCookie {
  readonly name: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: 'strict' | 'lax' | 'none' | null;
  readonly path: string | null;
  readonly domain: string | null;
  /** True when the header takes the cookie away (an end in the past). */
  readonly removes: boolean;
}

/** An element of the rendered page that points at an address. */
export interface ElementFact {
  readonly selector: string;
  /** The element's start tag, cut. */
  readonly snippet: string;
  /** The address as the browser resolves it. */
  readonly url: string;
  /** Its integrity attribute; empty when there is none. */
  readonly integrity: string;
}

/** What the rendered document says, as `readPage` gives it. */
export interface PageFacts {
  /** Content of every `<meta http-equiv="Content-Security-Policy">` in the head. */
  readonly metaPolicies: readonly string[];
  /** Content of the last `<meta name="referrer">`, or null. */
  readonly metaReferrer: string | null;
  readonly scripts: readonly ElementFact[];
  readonly styles: readonly ElementFact[];
  /** Frames and plugins. */
  readonly frames: readonly ElementFact[];
  /** Images, videos, sounds and posters. */
  readonly media: readonly ElementFact[];
  /** Forms, and buttons with an action of their own. */
  readonly forms: readonly ElementFact[];
}

/** All that the audit of one page may look at. */
export interface PageRaw extends PageFacts {
  readonly url: string;
  readonly status: number;
  /** Security-relevant headers of the main document; Set-Cookie stands in `setCookies`. */
  readonly headers: readonly Header[];
  readonly setCookies: readonly SetCookie[];
  /** Cookies that the browser holds for the page's own host after the visit. */
  readonly cookies: readonly CookieFacts[];
  readonly tls: TlsFacts | null;
  /** Seconds since the epoch at the time of the visit. */
  readonly observedAt: number;
  /** Plain HTTP requests of the visit: address and resource type. */
  readonly plainRequests: readonly { readonly url: string; readonly type: string }[];
}

/** What the probes of the whole site answered; null where a probe does not apply or gave no answer. */
export interface SiteRaw {
  /** `http://host/` of an https site: status and Location. */
  readonly plain: { readonly url: string; readonly status: number; readonly location: string | null } | null;
  /** The entry page asked with a foreign Origin: what it allows. */
  readonly foreign: {
    readonly url: string;
    readonly origin: string;
    readonly allowOrigin: string | null;
    readonly allowCredentials: string | null;
  } | null;
  /** An https site that was offered TLS 1.1 at most: whether it answered. A browser never gets so far: it offers more. */
  readonly oldTls: { readonly url: string; readonly taken: boolean } | null;
}
