/** How a host resolves addresses when no rule speaks. */
export interface HostManners {
  /** `/about` for about.html: answered, `/about.html` redirected to it, or not known. */
  readonly cleanUrls: 'serve' | 'redirect' | 'off';
  /** `/docs` for docs/index.html: redirected to `/docs/`, answered as it is, or `/docs/` redirected to it. */
  readonly folders: 'redirect' | 'serve' | 'strip';
  /** `/about/` for about.html: answered, redirected to `/about`, or not known. */
  readonly slashedPages: 'serve' | 'redirect' | 'off';
  /** Redirects of the three rows above. */
  readonly redirectStatus: 301 | 308;
  /** Which 404.html answers. */
  readonly notFound: 'root' | 'nearest';
  /** A site without 404.html answers every unknown address with its front page. */
  readonly spaWithout404: boolean;
}

/** A pattern applied to a decoded path: its captures, or null. */
export type PathMatch = (path: string) => Readonly<Record<string, string>> | null;

/** Headers declared for the paths that match. Names in lower case. */
export interface HeaderRule {
  readonly match: PathMatch;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Names that earlier rules set and this one takes away. */
  readonly removed: readonly string[];
}

/** A redirect (3xx), a rewrite (200) or a page with another status. */
export interface RedirectRule {
  readonly match: PathMatch;
  /** Query parameters that must be there: a fixed value, or `:name` to capture. */
  readonly query: Readonly<Record<string, string>>;
  readonly to: string;
  readonly status: number;
  /** True: speaks before files are looked up. */
  readonly force: boolean;
}

/** All that the build says about how it wants to be served. */
export interface Hosting {
  /** The host in words, when the build names one. */
  readonly host: string | null;
  readonly manners: HostManners;
  readonly headers: readonly HeaderRule[];
  readonly redirects: readonly RedirectRule[];
  /** Configuration files that were read; they are not served. */
  readonly files: readonly string[];
  /** Names for the summary's `hosting`. */
  readonly honoured: readonly string[];
  readonly notes: readonly string[];
}

/** What a reader of one configuration file gives. */
export interface ReadRules {
  readonly headers: readonly HeaderRule[];
  readonly redirects: readonly RedirectRule[];
  readonly notes: readonly string[];
}

/** More rules than this in one file are left out, with a note. */
export const MOST_RULES = 2000;

/** Names that a host sets itself, or that are the product's own; a build cannot declare them. */
const RESERVED =
  /^(accept-ranges|age|allow|alt-svc|connection|content-encoding|content-length|content-range|date|keep-alive|proxy-.*|server|te|trailer|transfer-encoding|upgrade|basic-auth|x-stageflow-.*)$/;

/** A declared header in lower case, or null when it is malformed or not the build's to set. */
export function declaredHeader(name: string, value: string): [string, string] | null {
  const lower = name.toLowerCase();
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/.test(lower) || RESERVED.test(lower)) return null;
  const clean = value.trim();
  return clean.length <= 8192 && /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(clean) ? [lower, clean] : null;
}

/** Puts captures where a target names them: `:name`, and `:splat` for what `*` took. */
export function fillTarget(target: string, captures: Readonly<Record<string, string>>): string {
  return target.replace(/:([A-Za-z_][A-Za-z0-9_]*)[*+]?/g, (whole, name: string) =>
    Object.hasOwn(captures, name) ? encodePath(captures[name] ?? '') : whole,
  );
}

/** A decoded path as it stands in a URL. */
export function encodePath(path: string): string {
  return path
    .split('/')
    .map((segment) =>
      encodeURIComponent(segment.toWellFormed()).replace(/%(3A|40|24|26|2B|2C|3B|3D)/g, decodeURIComponent),
    )
    .join('/');
}

/** A percent-encoded path as text; null when it is not valid. */
export function decodePath(path: string): string | null {
  try {
    return decodeURIComponent(path).normalize('NFC');
  } catch {
    return null;
  }
}
