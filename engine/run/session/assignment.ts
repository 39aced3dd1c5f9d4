import type { JobRow } from '../../ledger/port.ts';
import {
  ARCHIVE_LIMITS,
  type AccessSecrets,
  type Assignment,
  type Manifest,
  PROTOCOL_VERSION,
  type SiteSummary,
  type WarmUpAssignment,
} from '../../scanner/index.ts';

/** Port of the extractor on a pod's own loopback. Process isolation shares the host's loopback, so there the system chooses. */
const SITE_PORT = 8080;

/** Where the archive is unpacked in a pod; process isolation gives a folder of its own. */
const SITE_FOLDER = '/tmp/site';

/** The origin under which a ZIP job's pages load: a secure context by its name, and the same on every run. */
export const ZIP_ORIGIN = 'http://site.localhost';

const VIEWPORTS = { desktop: { width: 1280, height: 800 }, mobile: { width: 390, height: 844 } } as const;

const LOCALE = 'en-US';

const MOBILE_AGENT =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36';

/** What tests may change of how a runner trusts and finds things. */
export interface RunnerSurroundings {
  readonly testTrust: { readonly spki: readonly string[]; readonly pem: string } | null;
  /** Chromium of the host, for process isolation. */
  readonly chromium: string | null;
}

/** What the extractor of this attempt is told. */
export function extractorAssignment(job: JobRow): Assignment {
  const { source, isolation } = job.spec;
  if (source.kind !== 'zip') throw new TypeError('only ZIP jobs have an extractor');
  return {
    role: 'extractor',
    protocol: PROTOCOL_VERSION,
    jobId: job.id,
    attempt: job.attempt,
    sha256: source.sha256,
    limits: ARCHIVE_LIMITS,
    directory: isolation === 'pod' ? SITE_FOLDER : 'site',
    port: isolation === 'pod' ? SITE_PORT : 0,
  };
}

/** What the runner of this attempt is told; `site` and `sitePort` come from the extractor. */
export function runnerAssignment(
  job: JobRow,
  more: {
    readonly site: SiteSummary | null;
    readonly sitePort: number | null;
    readonly access: AccessSecrets | null;
    readonly surroundings: RunnerSurroundings;
  },
): Assignment {
  const { spec } = job;
  const zip = spec.source.kind === 'zip';
  return {
    role: 'runner',
    protocol: PROTOCOL_VERSION,
    jobId: job.id,
    attempt: job.attempt,
    source: zip ? 'zip' : 'urls',
    sitePort: more.sitePort,
    siteOrigin: zip ? ZIP_ORIGIN : null,
    productionOrigin: zip ? productionOrigin(job, more.site) : null,
    allowAssets: [...spec.egress.allowAssets],
    scanners: spec.modules.map((m) => ({ id: m.id, options: m.options })),
    ...browserOf(spec.device, more.surroundings),
    access: more.access,
    entries: spec.source.kind === 'urls' ? spec.source.urls.slice(0, 1000) : [ZIP_ORIGIN + (more.site?.entry ?? '/')],
    readOrigin:
      spec.source.kind === 'urls' && spec.source.mode === 'crawl' && (spec.pages.robots || spec.pages.sitemap),
    pageTabs: null,
    lighthouse: spec.lighthouse,
    timeouts: { navigation: Math.min(30, spec.limits.pageSeconds), settle: 5, page: spec.limits.pageSeconds },
  };
}

/** All that the start of a runner's browser depends on, but for a login. */
function browserOf(
  device: JobRow['spec']['device'],
  { testTrust, chromium }: RunnerSurroundings,
): WarmUpAssignment['browser'] {
  return {
    device,
    viewport: VIEWPORTS[device],
    userAgent: device === 'mobile' ? MOBILE_AGENT : null,
    locale: LOCALE,
    testTrust: testTrust === null ? null : { spki: [...testTrust.spki], pem: testTrust.pem },
    chromium,
  };
}

/** What the runner of a job brings up while its archive is unpacked: all that does not depend on what is in there. */
export function warmUpFor({ spec }: JobRow, surroundings: RunnerSurroundings): Assignment {
  return {
    role: 'warm-up',
    protocol: PROTOCOL_VERSION,
    rehearse: false,
    scanners: spec.modules.map((m) => ({ id: m.id, options: m.options })),
    browser: browserOf(spec.device, surroundings),
  };
}

/** What a runner brings up before its job is known: what a job of the default settings needs. */
export function warmUpOf(
  manifests: ReadonlyMap<string, Manifest>,
  surroundings: RunnerSurroundings,
): Omit<WarmUpAssignment, 'role' | 'protocol'> {
  return {
    rehearse: true,
    scanners: [...manifests.values()]
      .filter((manifest) => manifest.defaultOn)
      .map((manifest) => ({ id: manifest.id, options: {} })),
    browser: browserOf('desktop', surroundings),
  };
}

/** The origin that means this build: named by the person, else the one on which the build itself agrees. */
export function productionOrigin(job: JobRow, site: SiteSummary | null): string | null {
  if (job.spec.siteUrl !== null) return new URL(job.spec.siteUrl).origin;
  return site?.productionOrigin ?? null;
}
