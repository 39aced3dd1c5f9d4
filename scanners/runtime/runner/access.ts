import type { AccessSecrets, RunnerAssignment } from '@stageflow/engine/sdk';
import type { BrowserContext } from 'playwright-core';

/** A cookie as Playwright and CDP take it. */
export type AccessCookie = Readonly<Parameters<BrowserContext['addCookies']>[0][number]> & {
  readonly domain: string;
  readonly path: string;
};

/** A person's login, bound to the job's own origins. */
export interface Access {
  /** Request headers for an address; empty for every origin that is not the job's own. Cookies are in a `cookie` header. */
  headersFor(url: string): Readonly<Record<string, string>>;
  /** Headers alone, for a browser that keeps the cookies itself. */
  browserHeaders(url: string): Readonly<Record<string, string>>;
  /** Cookies for the browser's jar, own hosts only; those of the storage state come first. */
  readonly cookies: readonly AccessCookie[];
  /** Playwright's storage-state document, cut down to the job's own hosts: a browser's export holds the logins of every other site too. */
  readonly storageState: unknown;
  /** Header names, in lower case, whose values never leave the runner. */
  readonly masked: ReadonlySet<string>;
  /** True when there is nothing to send. */
  readonly empty: boolean;
  /** True when a login was given at all: a recording of what the browser sends and keeps would hold it. */
  readonly given: boolean;
  readonly origins: ReadonlySet<string>;
}

const ALWAYS_MASKED = ['authorization', 'proxy-authorization', 'cookie'];

function ownHost(domain: string, hosts: ReadonlySet<string>): boolean {
  const bare = domain.replace(/^\./, '').toLowerCase();
  return [...hosts].some((host) => host === bare || host.endsWith(`.${bare}`));
}

interface StorageState {
  readonly cookies: readonly AccessCookie[];
  readonly origins: readonly { readonly origin: string }[];
}

/** What a storage state holds of the given hosts. */
function ownState(document: unknown, hosts: ReadonlySet<string>): StorageState | null {
  if (document === null || document === undefined) return null;
  const { cookies = [], origins = [] } = document as Partial<StorageState>;
  return {
    cookies: cookies.filter(({ domain }) => ownHost(domain, hosts)),
    origins: origins.filter(({ origin }) => URL.canParse(origin) && ownHost(new URL(origin).hostname, hosts)),
  };
}

/** Whether a cookie's path covers an address's path (RFC 6265, 5.1.4): `/shop` covers `/shop/cart` and not `/shopping`. */
function isBelow(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}

/** Binds login details to the origins of a job's entries (and, for a ZIP job, of its site). */
export function bindAccess(assignment: Pick<RunnerAssignment, 'access' | 'entries' | 'siteOrigin'>): Access {
  const secrets: AccessSecrets | null = assignment.access;
  const urls = [...assignment.entries, ...(assignment.siteOrigin ? [assignment.siteOrigin] : [])].map(
    (u) => new URL(u),
  );
  const origins = new Set(urls.map((u) => u.origin));
  const hosts = new Set(urls.map((u) => u.hostname.toLowerCase()));
  const basic = secrets?.basicAuth;
  const headers: Record<string, string> = {
    ...(basic
      ? { authorization: `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}` }
      : {}),
    ...secrets?.headers,
  };
  const named = (secrets?.cookies ?? []).flatMap((cookie): AccessCookie[] => {
    const domains = cookie.domain === undefined ? [...hosts] : ownHost(cookie.domain, hosts) ? [cookie.domain] : [];
    return domains.map((domain) => ({ name: cookie.name, value: cookie.value, domain, path: cookie.path ?? '/' }));
  });
  const state = ownState(secrets?.storageState, hosts);
  const cookies = [...(state?.cookies ?? []), ...named];
  const own = (url: string) => {
    try {
      return origins.has(new URL(url).origin);
    } catch {
      return false;
    }
  };
  const cookieHeader = (url: string): Record<string, string> => {
    const { hostname, pathname, protocol } = new URL(url);
    const fitting = cookies.filter((c) => {
      const domain = c.domain.replace(/^\./, '');
      const fits = hostname === domain || hostname.endsWith(`.${domain}`);
      return fits && isBelow(pathname, c.path) && (c.secure !== true || protocol === 'https:');
    });
    return fitting.length === 0 ? {} : { cookie: fitting.map((c) => `${c.name}=${c.value}`).join('; ') };
  };
  return {
    browserHeaders: (url) => (own(url) ? headers : {}),
    headersFor: (url) => (own(url) ? { ...headers, ...cookieHeader(url) } : {}),
    cookies,
    storageState: state,
    masked: new Set([...ALWAYS_MASKED, ...Object.keys(headers).map((n) => n.toLowerCase())]),
    empty: Object.keys(headers).length === 0,
    given: secrets !== null,
    origins,
  };
}
