import { z } from 'zod';

/**
 * What is spoken over a container's stdin and stdout: HTTP/2, the engine serves, the container asks.
 *   GET  /assignment            -> Assignment
 *   GET  /input                 -> the archive's bytes (extractor only)
 *   POST /messages              <- ContainerMessage -> 200 MessageAnswer; 409 when a newer attempt owns the job (then exit)
 *   POST /next                  <- { lane } -> 200 WorkItem | 204 nothing yet, ask again (the engine holds the request up to 20 s) | 410 no more work, exit 0
 *   PUT  /artifacts/<key>       <- bytes, header x-content-sha256 -> 200 StoredArtifact. `<key>` is relative to the job: see ArtifactPath
 *   GET  /artifacts/<key>       -> bytes of an object of this same job
 *   CONNECT host:port           -> a guarded tunnel, or 403 with a problem document
 *   POST /model                 -> the navigator's planner; 404 unless configured
 * Everything the container says is hostile: each body is read with a cap and parsed with these schemas.
 */
export const PROTOCOL_VERSION = 1;

/** Seconds between two heartbeats of a container. They begin with its channel: one that waits for its assignment (a runner, while the archive is unpacked) says that it lives too. */
export const HEARTBEAT_SECONDS = 5;

/** Header of a `CONNECT` by which a container leaves TLS to the engine: it sends plain requests, and the engine looks at each. */
export const ENGINE_TLS = 'x-engine-tls';

/** Where a container may store: `<scanner>/cells/<page>.json.zst`, `<scanner>/cells/<page>.findings.json.zst`, `<scanner>/evidence/<...>`. `page` is the pseudo scanner for what all page modules share (screenshots, HAR, traces). */
export const ArtifactPath = z
  .string()
  .max(300)
  .regex(
    /^[a-z][a-z0-9-]{0,31}\/(cells\/[A-Za-z0-9_-]{1,64}(\.findings)?\.json\.zst|evidence\/[A-Za-z0-9_-]{1,64}(\/[A-Za-z0-9][A-Za-z0-9._-]{0,79}){1,3})$/,
  );

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const PageId = z.string().regex(/^(p[0-9a-f]{16}|_site)$/);
export const ScannerId = z.string().regex(/^[a-z][a-z0-9-]{1,31}$/);

/** The engine's receipt for a stored object. `key` is the full key in `scanner-artifacts`. */
export const StoredArtifact = z.object({
  key: z.string().max(600),
  sha256: Sha256,
  size: z.number().int().nonnegative(),
});
export type StoredArtifact = z.infer<typeof StoredArtifact>;

/** Caps on what an archive may hold (SAFETY section 3). Bytes unless said otherwise. */
export const ArchiveLimits = z.object({
  archiveBytes: z.number().int().positive(),
  entries: z.number().int().positive(),
  totalBytes: z.number().int().positive(),
  fileBytes: z.number().int().positive(),
  /** Highest size ratio allowed for entries and totals beyond `ratioFromBytes`. */
  ratio: z.number().positive(),
  ratioFromBytes: z.number().int().nonnegative(),
  nameBytes: z.number().int().positive(),
  segmentBytes: z.number().int().positive(),
  depth: z.number().int().positive(),
  directoryBytes: z.number().int().positive(),
  seconds: z.number().int().positive(),
});
export type ArchiveLimits = z.infer<typeof ArchiveLimits>;

/** The product's default caps. */
export const ARCHIVE_LIMITS: ArchiveLimits = {
  archiveBytes: 200 * 2 ** 20,
  entries: 50_000,
  totalBytes: 2 * 2 ** 30,
  fileBytes: 256 * 2 ** 20,
  ratio: 50,
  ratioFromBytes: 64 * 2 ** 20,
  nameBytes: 1024,
  segmentBytes: 255,
  depth: 64,
  directoryBytes: 16 * 2 ** 20,
  seconds: 60,
};

/** Bytes that an archive of this size can unpack to and still be accepted. */
export function mostUnpacked(archiveBytes: number, limits: ArchiveLimits = ARCHIVE_LIMITS): number {
  return Math.min(limits.totalBytes, Math.max(limits.ratioFromBytes, archiveBytes * limits.ratio));
}

/** Name and value of a request header (RFC 9110, section 5): what else stands in them would become headers of its own, or none. */
export const HeaderName = z
  .string()
  .max(200)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
export const HeaderValue = z
  .string()
  .max(8192)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/);

/** One way into the site for requests that carry a person's login. Never stored, never logged. */
export const AccessSecrets = z.object({
  headers: z.record(HeaderName, HeaderValue).default({}),
  cookies: z
    .array(
      z.object({ name: z.string(), value: z.string(), domain: z.string().optional(), path: z.string().optional() }),
    )
    .default([]),
  basicAuth: z.object({ username: z.string(), password: z.string() }).nullable().default(null),
  /** Playwright's storage-state document. */
  storageState: z.unknown().nullable().default(null),
});
export type AccessSecrets = z.infer<typeof AccessSecrets>;

/** What the extractor is told. */
export const ExtractorAssignment = z.object({
  role: z.literal('extractor'),
  protocol: z.literal(PROTOCOL_VERSION),
  jobId: z.string(),
  attempt: z.number().int().positive(),
  /** Expected hash of `/input`; other bytes are refused (`zip_mismatch`). */
  sha256: Sha256,
  limits: ArchiveLimits,
  /** Folder to unpack into, empty and on a sized tmpfs in a pod. */
  directory: z.string(),
  /** Port on the pod's loopback to serve the site on; 0 lets the system choose (process isolation). */
  port: z.number().int().nonnegative(),
});
export type ExtractorAssignment = z.infer<typeof ExtractorAssignment>;

/** What the runner is told. */
export const RunnerAssignment = z.object({
  role: z.literal('runner'),
  protocol: z.literal(PROTOCOL_VERSION),
  jobId: z.string(),
  attempt: z.number().int().positive(),
  /** `zip`: the site is served by the extractor at `sitePort`; `urls`: the web through the tunnel. */
  source: z.enum(['zip', 'urls']),
  /** ZIP jobs: where the extractor listens on the shared loopback. */
  sitePort: z.number().int().nonnegative().nullable(),
  /** ZIP jobs: the origin under which pages are loaded, for example `http://shop.localhost`; the in-pod proxy sends it to `sitePort`. */
  siteOrigin: z.url().nullable(),
  /** ZIP jobs: the production origin whose addresses mean this build (`--site-url`, or the one on which canonical, sitemap and CNAME agree). */
  productionOrigin: z.url().nullable(),
  /** ZIP jobs: hosts from which assets may be loaded, GET only. */
  allowAssets: z.array(z.string()),
  /** Which scanners run, with the options of each. */
  scanners: z.array(z.object({ id: ScannerId, options: z.record(z.string(), z.unknown()) })),
  device: z.enum(['desktop', 'mobile']),
  viewport: z.object({ width: z.number().int().positive(), height: z.number().int().positive() }),
  userAgent: z.string().nullable(),
  locale: z.string(),
  access: AccessSecrets.nullable(),
  /** Entry addresses, for robots.txt and sitemaps. */
  entries: z.array(z.url()),
  /** Read sitemaps and robots.txt at the start and hand them in (`runner.origin`). */
  readOrigin: z.boolean(),
  /** Pages visited at a time; null: two where there are two cores, else one. */
  pageTabs: z.number().int().min(1).max(8).nullable(),
  lighthouse: z.object({ runs: z.number().int().min(1).max(9), formFactor: z.enum(['desktop', 'mobile']) }),
  timeouts: z.object({
    /** Seconds a navigation may take. */
    navigation: z.number().positive(),
    /** Seconds to wait for a quiet page after load. */
    settle: z.number().positive(),
    /** Seconds a page's whole visit may take. */
    page: z.number().positive(),
  }),
  /** Tests only: base64 SHA-256 hashes of public keys that Chromium trusts, and PEM text for Node's own fetches. */
  testTrust: z.object({ spki: z.array(z.string()), pem: z.string() }).nullable(),
  /** Where Chromium is; null lets the runner use the image's. */
  chromium: z.string().nullable(),
});
export type RunnerAssignment = z.infer<typeof RunnerAssignment>;

/** What a runner is told that has no job yet: to bring up what most jobs need, and then to ask again for its assignment. */
export const WarmUpAssignment = z.object({
  role: z.literal('warm-up'),
  protocol: z.literal(PROTOCOL_VERSION),
  /** Take a page of the runner's own through everything first: worth it where there is time before the job comes. */
  rehearse: z.boolean(),
  /** Scanners to be loaded ahead. */
  scanners: RunnerAssignment.shape.scanners,
  /** How the browser is started; a job that needs it otherwise starts its own. */
  browser: z.object({
    device: RunnerAssignment.shape.device,
    viewport: RunnerAssignment.shape.viewport,
    userAgent: RunnerAssignment.shape.userAgent,
    locale: z.string(),
    testTrust: RunnerAssignment.shape.testTrust,
    chromium: RunnerAssignment.shape.chromium,
  }),
});
export type WarmUpAssignment = z.infer<typeof WarmUpAssignment>;

export const Assignment = z.discriminatedUnion('role', [ExtractorAssignment, RunnerAssignment, WarmUpAssignment]);
export type Assignment = z.infer<typeof Assignment>;

/** A page the runner is to visit, and the cells missing on it. */
export const PageWork = z.object({
  kind: z.literal('page'),
  page: z.object({ id: PageId, url: z.url(), depth: z.number().int().nonnegative() }),
  scanners: z.array(ScannerId),
  /** True when the page was already visited by an earlier attempt: do the cells, do not report links again. */
  revisit: z.boolean(),
});
/** One cell of a scanner that owns the machine while it runs. */
export const MachineWork = z.object({
  kind: z.literal('machine'),
  page: z.object({ id: PageId, url: z.url(), depth: z.number().int().nonnegative() }),
  scanner: ScannerId,
});
/** The `_site` cell of a scanner, with every page whose own cell ended well. */
export const SiteWork = z.object({
  kind: z.literal('site'),
  scanner: ScannerId,
  pages: z.array(z.object({ id: PageId, url: z.url(), finalUrl: z.url() })),
  /** Pages that could not be looked at since they lead to an address that the guard refused. */
  denied: z.array(z.object({ id: PageId, url: z.url(), to: z.string(), reason: z.string() })),
});
export const WorkItem = z.discriminatedUnion('kind', [PageWork, MachineWork, SiteWork]);
export type WorkItem = z.infer<typeof WorkItem>;
export type PageWork = z.infer<typeof PageWork>;
export type MachineWork = z.infer<typeof MachineWork>;
export type SiteWork = z.infer<typeof SiteWork>;

/** How a cell ended. */
export const CellOutcome = z.enum(['ok', 'failed', 'timeout', 'skipped', 'blocked', 'not-measurable']);
export type CellOutcome = z.infer<typeof CellOutcome>;

/** Findings counted by severity, fails and reviews apart. */
export const CellCounts = z.object({
  critical: z.number().int().nonnegative(),
  serious: z.number().int().nonnegative(),
  moderate: z.number().int().nonnegative(),
  minor: z.number().int().nonnegative(),
  info: z.number().int().nonnegative(),
  review: z.number().int().nonnegative(),
});
export type CellCounts = z.infer<typeof CellCounts>;

const text = (max: number) => z.string().max(max);

/** How a page's visit ended. */
export const PageStatus = z.enum(['scanned', 'failed', 'blocked', 'skipped']);
export type PageStatus = z.infer<typeof PageStatus>;

/** Proof, read inside the container, that the browser's own sandbox is on. */
export const SandboxProof = z.object({
  /** `Seccomp:` of a renderer's /proc status; 2 is a filter of its own. */
  rendererSeccomp: z.number().int().nullable(),
  /** How many filters a renderer bears beyond those of the runner itself (`Seccomp_filters:`): at least one is the browser's own. Null where the kernel does not count them. */
  ownFilters: z.number().int().nullable(),
  /** True when the renderer lives in another user or pid namespace than the runner. */
  ownNamespaces: z.boolean(),
  /** True when no process of the browser was started with --no-sandbox. */
  flagsClean: z.boolean(),
  /** CapEff of the runner, hexadecimal. */
  capEff: text(32),
  noNewPrivs: z.boolean(),
});
export type SandboxProof = z.infer<typeof SandboxProof>;

/** What the extractor found in an accepted archive. */
export const SiteSummary = z.object({
  files: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  /** Site paths of HTML pages, entry first, then by depth and name; at most 10,000. */
  pages: z.array(text(2048)).max(10_000),
  /** Site path of the page to start with, for example `/`. */
  entry: text(2048),
  /** Folder inside the archive that is served as `/` (a single top folder is unwrapped), '' for the archive's root. */
  root: text(1024),
  /** What was honoured: `_headers`, `_redirects`, `vercel.json`, `404.html`, `spa-fallback`, `clean-urls`. */
  hosting: z.array(text(40)).max(20),
  /** Host for which declared headers hold, in words (`Netlify`, `Cloudflare Pages`, `Vercel`), or null when none are declared. */
  declaredFor: text(80).nullable(),
  /** Origin on which canonical links, sitemap and CNAME agree, or null. */
  productionOrigin: z.url().nullable(),
  /** Sentences for the report (case collisions, names decoded from cp437, ...). */
  notes: z.array(text(500)).max(100),
});
export type SiteSummary = z.infer<typeof SiteSummary>;

export const ContainerMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('extractor.ready'), port: z.number().int().positive(), site: SiteSummary }),
  z.object({
    type: z.literal('extractor.refused'),
    /** A `zip_*` or `not_a_zip` code of the error table. */
    code: text(40),
    entry: text(1024).nullable(),
    reason: text(500),
  }),
  z.object({
    type: z.literal('runner.ready'),
    browser: text(120),
    sandbox: SandboxProof,
    /** Tool name -> version. */
    versions: z.record(text(60), text(60)),
  }),
  /** robots.txt (null when there is none or it cannot be read) and the addresses that sitemaps give, in order. */
  z.object({
    type: z.literal('runner.origin'),
    origin: z.url(),
    robots: z.object({ status: z.number().int(), text: text(512_000) }).nullable(),
    sitemaps: z
      .array(z.object({ url: text(4096), status: z.number().int(), locations: z.array(text(4096)).max(50_000) }))
      .max(50),
  }),
  z.object({ type: z.literal('heartbeat') }),
  /** What the one navigation of a page found; sent before its cells. */
  z.object({
    type: z.literal('page.visited'),
    pageId: PageId,
    finalUrl: text(4096),
    status: z.number().int(),
    title: text(1024),
    canonical: text(4096).nullable(),
    /** Hash of the page's structure without its text: pages of one template share it. */
    template: text(64),
    /** Links to pages in document order. */
    links: z.array(z.object({ url: text(4096), nofollow: z.boolean() })).max(5000),
    /** Requests that the guard refused on this page. */
    blocked: z.array(z.object({ url: text(4096), type: text(40), reason: text(200) })).max(500),
  }),
  z.object({
    type: z.literal('cell.done'),
    pageId: PageId,
    scanner: ScannerId,
    outcome: CellOutcome,
    /** A code of the error table, for every outcome but `ok`. */
    code: text(40).nullable(),
    reason: text(1000).nullable(),
    raw: StoredArtifact.nullable(),
    findings: StoredArtifact.nullable(),
    evidence: z.array(StoredArtifact).max(500),
    counts: CellCounts,
    milliseconds: z.number().nonnegative(),
  }),
  z.object({
    type: z.literal('page.done'),
    pageId: PageId,
    status: PageStatus,
    code: text(40).nullable(),
    reason: text(1000).nullable(),
    /** The address that the page leads to and that was refused, where it is not the page's own. */
    about: text(4096).optional(),
    evidence: z.array(StoredArtifact).max(50),
  }),
  z.object({ type: z.literal('fatal'), code: text(40), reason: text(1000) }),
]);
export type ContainerMessage = z.infer<typeof ContainerMessage>;

/** What the engine says to a message. `skip` is only ever true for `page.visited`: the page is a duplicate (same final or canonical address as another); send `page.done` with status `skipped` and do none of its cells. */
export const MessageAnswer = z.object({ skip: z.boolean() });
export type MessageAnswer = z.infer<typeof MessageAnswer>;

/** Which queue of the engine a worker of the runner asks. */
export const NextRequest = z.object({ lane: z.enum(['page', 'machine', 'site']) });
export type NextRequest = z.infer<typeof NextRequest>;
