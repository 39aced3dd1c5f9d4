import type { JobFacts } from '@stageflow/engine/sdk';
import type { PageRaw, SiteRaw } from '../raw.ts';

/** What a golden changes of the clean page. */
export interface Change {
  /** Headers to set, or with null to take away. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly raw?: Partial<PageRaw>;
  readonly job?: Partial<JobFacts>;
  /** Set-Cookie lines, as the server would send them. */
  readonly cookies?: readonly string[];
}

/** One rule: an input that breaks it, one that keeps it, and what is said. */
export interface Golden {
  readonly rule: string;
  readonly fails: Change;
  readonly passes: Change;
  /** Evidence and message of each finding of this rule, in order. */
  readonly expects: readonly (readonly [evidence: string, message: string])[];
  readonly severity?: string;
}

export const NOW = 1_790_000_000;
export const JOB: JobFacts = {
  source: 'urls',
  origin: 'https://www.shop.com',
  productionOrigin: null,
  device: 'desktop',
};
const DAY = 86_400;

/** A live page with nothing to say against it. */
export const CLEAN: PageRaw = {
  url: 'https://www.shop.com/',
  status: 200,
  headers: [
    ['content-security-policy', "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"],
    ['strict-transport-security', 'max-age=31536000; includeSubDomains'],
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'strict-origin-when-cross-origin'],
    ['permissions-policy', 'geolocation=(), camera=(self "https://a.example")'],
    ['cross-origin-opener-policy', 'same-origin'],
  ],
  setCookies: [],
  cookies: [],
  tls: {
    protocol: 'TLS 1.3',
    issuer: 'CA',
    subject: 'www.shop.com',
    validFrom: NOW - 30 * DAY,
    validTo: NOW + 60 * DAY,
  },
  observedAt: NOW,
  plainRequests: [],
  metaPolicies: [],
  metaReferrer: null,
  scripts: [],
  styles: [],
  frames: [],
  media: [],
  forms: [],
};

const CSP = 'content-security-policy';
const csp = (value: string): Change => ({ headers: { [CSP]: `${value}; frame-ancestors 'none'` } });
const element = (url: string, integrity = '') => ({ selector: 'body > x', snippet: '<x>', url, integrity });
const tls = (change: Partial<NonNullable<PageRaw['tls']>>): Change => ({
  raw: { tls: { ...CLEAN.tls, ...change } as NonNullable<PageRaw['tls']> },
});
const stored = {
  name: 'lang',
  domain: 'www.shop.com',
  path: '/',
  httpOnly: false,
  sameSite: 'Lax',
  session: true,
  fromDocument: false,
} as const;

export const GOLDENS: readonly Golden[] = [
  {
    rule: 'csp-missing',
    fails: { headers: { [CSP]: null } },
    passes: { headers: { [CSP]: null }, raw: { metaPolicies: ["default-src 'self'; base-uri 'none'"] } },
    expects: [[CSP, 'no Content-Security-Policy header or meta element']],
  },
  {
    rule: 'csp-report-only',
    fails: { headers: { [CSP]: null, 'content-security-policy-report-only': "default-src 'self'" } },
    passes: { headers: { 'content-security-policy-report-only': "default-src 'self'" } },
    expects: [[CSP, 'only Content-Security-Policy-Report-Only is sent']],
  },
  {
    rule: 'csp-missing-script-src',
    fails: csp('upgrade-insecure-requests'),
    passes: csp("sandbox allow-forms; img-src 'self'"),
    expects: [[CSP, 'neither script-src nor default-src is set']],
  },
  {
    rule: 'csp-unsafe-inline',
    fails: csp("default-src 'self'; script-src 'self' 'unsafe-inline'; base-uri 'none'"),
    passes: csp("script-src 'unsafe-inline' 'nonce-abcd1234' https:; object-src 'none'; base-uri 'none'"),
    expects: [[CSP, "script-src has 'unsafe-inline' and neither nonce nor hash"]],
  },
  {
    rule: 'csp-unsafe-eval',
    fails: csp("default-src 'self' 'unsafe-eval'; base-uri 'none'"),
    passes: csp("default-src 'self' 'wasm-unsafe-eval'; base-uri 'none'"),
    expects: [[CSP, "default-src has 'unsafe-eval'"]],
  },
  {
    rule: 'csp-wildcard-source',
    fails: csp("script-src https: 'self'; object-src *; base-uri *"),
    passes: csp("script-src 'nonce-abc123' 'strict-dynamic' https:; object-src 'none'; base-uri 'self'"),
    expects: [
      [`${CSP}: script-src`, 'script-src allows https:'],
      [`${CSP}: object-src`, 'object-src allows *'],
      [`${CSP}: base-uri`, 'base-uri allows *'],
    ],
  },
  {
    rule: 'csp-missing-object-src',
    fails: csp("script-src 'self'; base-uri 'none'"),
    passes: csp("script-src 'self'; object-src 'none'; base-uri 'none'"),
    expects: [[CSP, 'neither object-src nor default-src is set']],
  },
  {
    rule: 'csp-missing-base-uri',
    fails: csp("script-src 'nonce-abc123'; object-src 'none'"),
    passes: csp("default-src 'none'"),
    expects: [[CSP, 'base-uri is not set']],
  },
  {
    rule: 'csp-invalid',
    fails: csp("default-src self; base-uri 'none' https://a.example; sript-src 'self'; default-src 'none'"),
    passes: csp("default-src 'self' 'report-sample'; base-uri 'none'; report-to csp"),
    expects: [
      [CSP, 'default-src stands twice; only the first counts'],
      [CSP, 'default-src: self needs single quotes'],
      [CSP, "base-uri: 'none' is ignored beside other sources"],
      [CSP, 'no browser knows the directive sript-src'],
    ],
  },
  {
    rule: 'csp-meta-ignored',
    fails: { raw: { metaPolicies: ["frame-ancestors 'none'"] } },
    passes: { raw: { metaPolicies: ["img-src 'self'"] } },
    expects: [['meta: frame-ancestors', 'frame-ancestors is ignored in a meta element']],
  },
  {
    rule: 'csp-deprecated-directive',
    fails: csp("default-src 'self'; base-uri 'none'; block-all-mixed-content"),
    passes: csp("default-src 'self'; base-uri 'none'; upgrade-insecure-requests"),
    expects: [[`${CSP}: block-all-mixed-content`, 'block-all-mixed-content has no effect any more']],
  },
  {
    rule: 'hsts-missing',
    fails: { headers: { 'strict-transport-security': null } },
    passes: { headers: { 'strict-transport-security': null }, raw: { url: 'https://192.0.2.7/' } },
    expects: [['strict-transport-security', 'no Strict-Transport-Security header']],
  },
  {
    rule: 'hsts-short-max-age',
    fails: { headers: { 'strict-transport-security': 'max-age="86400"' } },
    passes: { headers: { 'strict-transport-security': 'MAX-AGE=15552000' } },
    expects: [['strict-transport-security', 'max-age=86400 is 1 days']],
  },
  {
    rule: 'hsts-invalid',
    fails: { headers: { 'strict-transport-security': 'includeSubDomains; max-age=1y' } },
    passes: { headers: { 'strict-transport-security': 'max-age=63072000; preload;' } },
    expects: [['strict-transport-security', 'max-age=1y is not a number of seconds']],
  },
  {
    rule: 'not-https',
    fails: { raw: { url: 'http://www.shop.com/', tls: null } },
    passes: { raw: { url: 'http://127.0.0.1:8080/', tls: null } },
    expects: [['http://www.shop.com', 'the address begins with http://']],
  },
  {
    rule: 'tls-certificate-expired',
    fails: tls({ validFrom: NOW - 100 * DAY, validTo: NOW - DAY }),
    passes: tls({ validTo: NOW + DAY }),
    expects: [['certificate', 'expired on 2026-09-20']],
  },
  {
    rule: 'tls-certificate-expiring',
    fails: tls({ validTo: NOW + 13 * DAY }),
    passes: tls({ validFrom: NOW - DAY, validTo: NOW + 5 * DAY }),
    expects: [['certificate', 'expires on 2026-10-04']],
  },
  {
    rule: 'framing-missing',
    fails: { headers: { [CSP]: "default-src 'self'; base-uri 'none'; frame-ancestors *" } },
    passes: { headers: { [CSP]: "default-src 'self'; base-uri 'none'", 'x-frame-options': 'SAMEORIGIN' } },
    expects: [['frame-ancestors', 'neither frame-ancestors nor a valid X-Frame-Options header']],
  },
  {
    rule: 'x-frame-options-invalid',
    fails: {
      headers: { [CSP]: "default-src 'self'; base-uri 'none'", 'x-frame-options': 'ALLOW-FROM https://a.example' },
    },
    passes: { headers: { 'x-frame-options': 'ALLOW-FROM https://a.example' } },
    expects: [['x-frame-options', 'X-Frame-Options: ALLOW-FROM https://a.example']],
  },
  {
    rule: 'content-type-options-missing',
    fails: { headers: { 'x-content-type-options': 'sniff' } },
    passes: { headers: { 'x-content-type-options': 'NOSNIFF, x' } },
    expects: [['x-content-type-options', 'value is sniff']],
  },
  {
    rule: 'referrer-policy-missing',
    fails: { headers: { 'referrer-policy': null } },
    passes: { headers: { 'referrer-policy': null }, raw: { metaReferrer: 'same-origin' } },
    expects: [['referrer-policy', 'no Referrer-Policy header']],
  },
  {
    rule: 'referrer-policy-unsafe',
    fails: { headers: { 'referrer-policy': 'same-origin, unsafe-url' } },
    passes: { headers: { 'referrer-policy': 'unsafe-url, same-origin' } },
    expects: [['referrer-policy', 'the policy in force is unsafe-url']],
  },
  {
    rule: 'referrer-policy-invalid',
    fails: { headers: { 'referrer-policy': 'never' } },
    passes: { headers: { 'referrer-policy': 'new-word, no-referrer' } },
    expects: [['referrer-policy', 'Referrer-Policy: never']],
  },
  {
    rule: 'permissions-policy-missing',
    fails: { headers: { 'permissions-policy': null } },
    passes: { headers: { 'permissions-policy': 'camera=*' } },
    expects: [['permissions-policy', 'no Permissions-Policy header']],
  },
  {
    rule: 'permissions-policy-invalid',
    fails: { headers: { 'permissions-policy': "geolocation 'none'; camera 'self'" } },
    passes: {
      headers: { 'permissions-policy': 'geolocation=(self "https://a.example"), fullscreen=self, usb=();report-to=x' },
    },
    expects: [['permissions-policy', "Permissions-Policy: geolocation 'none'; camera 'self'"]],
  },
  {
    rule: 'coop-missing',
    fails: { headers: { 'cross-origin-opener-policy': null } },
    passes: { headers: { 'cross-origin-opener-policy': 'same-origin-allow-popups' } },
    expects: [['cross-origin-opener-policy', 'no Cross-Origin-Opener-Policy header']],
  },
  {
    rule: 'cookie-not-secure',
    fails: { cookies: ['theme=dark; Path=/'], raw: { cookies: [{ ...stored, secure: false }] } },
    passes: { cookies: ['theme=dark; Secure', 'gone=; Max-Age=0'], raw: { cookies: [{ ...stored, secure: true }] } },
    expects: [
      ['cookie lang', 'lang has no Secure attribute'],
      ['cookie theme', 'theme has no Secure attribute'],
    ],
  },
  {
    rule: 'cookie-not-httponly',
    fails: { cookies: ['PHPSESSID=1; Secure; SameSite=Lax'] },
    passes: { cookies: ['PHPSESSID=1; Secure; HttpOnly; SameSite=Lax', 'csrf_session=1; Secure', 'theme=1; Secure'] },
    expects: [['cookie PHPSESSID', 'PHPSESSID: no HttpOnly attribute']],
  },
  {
    rule: 'cookie-samesite-none',
    fails: { cookies: ['embed=1; SameSite=None'] },
    passes: { cookies: ['embed=1; SameSite=None; Secure'] },
    expects: [['cookie embed', 'embed: SameSite=None without Secure']],
  },
  {
    rule: 'cookie-samesite-missing',
    fails: { cookies: ['connect.sid=1; Secure; HttpOnly'] },
    passes: { cookies: ['connect.sid=1; Secure; HttpOnly; SameSite=Strict', 'theme=1; Secure'] },
    expects: [['cookie connect.sid', 'connect.sid: no SameSite attribute']],
  },
  {
    rule: 'cookie-prefix-invalid',
    fails: { cookies: ['__Host-a=1; Secure; Path=/; Domain=shop.com', '__Host-b=1; Secure', '__Secure-c=1'] },
    passes: { cookies: ['__Host-a=1; Secure; Path=/', '__Secure-c=1; Secure; Domain=shop.com'] },
    expects: [
      ['cookie __Host-a', '__Host-a: __Host- forbids Domain'],
      ['cookie __Host-b', '__Host-b: __Host- needs Path=/'],
      ['cookie __Secure-c', '__Secure-c: the prefix needs Secure'],
    ],
  },
  {
    rule: 'cors-wildcard-credentials',
    fails: { headers: { 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true' } },
    passes: { headers: { 'access-control-allow-origin': '*' } },
    expects: [['access-control-allow-origin', '* together with Access-Control-Allow-Credentials: true']],
  },
  {
    rule: 'mixed-content-active',
    fails: {
      raw: {
        scripts: [element('http://cdn.other.com/a.js', 'sha384-x')],
        plainRequests: [{ url: 'http://api.other.com/x', type: 'fetch' }],
      },
    },
    passes: {
      headers: { [CSP]: "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; upgrade-insecure-requests" },
      raw: { scripts: [element('http://cdn.other.com/a.js', 'sha384-x')] },
    },
    expects: [
      ['http://cdn.other.com/a.js', 'loaded over http://'],
      ['http://api.other.com/x', 'fetch requested over http://'],
    ],
  },
  {
    rule: 'mixed-content-passive',
    fails: { raw: { media: [element('http://img.other.com/a.png')] } },
    passes: { raw: { media: [element('http://localhost:3000/a.png'), element('https://img.other.com/a.png')] } },
    expects: [['http://img.other.com/a.png', 'loaded over http://']],
  },
  {
    rule: 'form-insecure-action',
    fails: { raw: { forms: [element('http://www.shop.com/login')] } },
    passes: { raw: { forms: [element('https://www.shop.com/login')] } },
    expects: [['http://www.shop.com/login', 'sends to http://']],
  },
  {
    rule: 'sri-missing-script',
    fails: { raw: { scripts: [element('https://cdn.other.com/a.min.js')] } },
    passes: {
      raw: {
        scripts: [
          element('https://cdn.other.com/a.js', 'sha384-x'),
          element('https://static.shop.com/a.js'),
          element('https://t.other.com/tag?id=1'),
        ],
      },
    },
    expects: [['https://cdn.other.com/a.min.js', 'no integrity attribute']],
  },
  {
    rule: 'sri-missing-style',
    fails: { raw: { styles: [element('https://cdn.other.com/a.css')] } },
    passes: { raw: { styles: [element('https://fonts.other.com/css2?family=X')] } },
    expects: [['https://cdn.other.com/a.css', 'no integrity attribute']],
  },
  {
    rule: 'version-disclosure',
    fails: { headers: { server: 'nginx/1.24.0' } },
    passes: { headers: { server: 'nginx', 'x-powered-by': 'Express' } },
    expects: [['server', 'server: nginx/1.24.0']],
  },
  {
    rule: 'deprecated-header',
    fails: { headers: { 'x-xss-protection': '1; mode=block' } },
    passes: { headers: { 'x-xss-protection': '0', 'feature-policy': "camera 'none'" } },
    expects: [['x-xss-protection', 'x-xss-protection: 1; mode=block']],
  },
  {
    rule: 'headers-not-declared',
    fails: {
      raw: { headers: [], url: 'http://shop.localhost/', tls: null },
      job: { source: 'zip', origin: 'http://shop.localhost' },
    },
    passes: {
      raw: { headers: [['x-content-type-options', 'nosniff']], url: 'http://shop.localhost/', tls: null },
      job: { source: 'zip' },
    },
    expects: [['headers', 'the build comes without security headers; the host may add them']],
  },
];

/** One rule of site scope. */
export const SITE_GOLDENS: readonly {
  readonly rule: string;
  readonly fails: SiteRaw;
  readonly passes: SiteRaw;
  readonly expects: string;
}[] = [
  {
    rule: 'http-not-redirected',
    fails: { plain: { url: 'http://www.shop.com/', status: 200, location: null }, foreign: null, oldTls: null },
    passes: {
      plain: { url: 'http://www.shop.com/', status: 308, location: 'https://www.shop.com/' },
      foreign: null,
      oldTls: null,
    },
    expects: 'answers 200 without encryption',
  },
  {
    rule: 'cors-any-origin',
    fails: {
      plain: null,
      foreign: {
        url: 'https://a.example/',
        origin: 'https://x.example',
        allowOrigin: 'https://x.example',
        allowCredentials: 'true',
      },
      oldTls: null,
    },
    passes: {
      plain: null,
      foreign: {
        url: 'https://a.example/',
        origin: 'https://x.example',
        allowOrigin: 'https://x.example',
        allowCredentials: null,
      },
      oldTls: null,
    },
    expects: 'Origin: https://x.example is answered with the same origin and credentials allowed',
  },
  {
    rule: 'tls-old-protocol',
    fails: { plain: null, foreign: null, oldTls: { url: 'https://www.shop.com/', taken: true } },
    passes: { plain: null, foreign: null, oldTls: { url: 'https://www.shop.com/', taken: false } },
    expects: 'TLS 1.1 or less is answered',
  },
];
