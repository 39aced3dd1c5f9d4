import { type ArtifactStore, artifactKeys, type ShareSigner } from '@stageflow/engine/artifact';
import type { Ledger } from '@stageflow/engine/ledger';
import type { MadePage } from './make-page.ts';
import type { OpenShare } from './open.ts';
import type { Press } from '../press/press.ts';
import { readWhole, reportSources } from '../press/stored-report.ts';

/** A share's page, ready to be sent. */
export interface SharePage {
  /** Value of `Content-Security-Policy`. */
  readonly policy: string;
  /** Its pieces under a token, in order, or null when they were not asked for. */
  readonly pieces: readonly Uint8Array[] | null;
  /** Its bytes, or null while nobody has made it. */
  readonly size: number | null;
}

/** Where share pages come from. */
export interface SharePages {
  /** The page of a share under its token, or null when the job's report is gone. Made on the first look, then kept for a while. */
  page(share: OpenShare, token: string): Promise<SharePage | null>;
  /** What is known of the page without making it, or null when the job's report is gone. */
  look(share: OpenShare, token: string): Promise<SharePage | null>;
  /** Keys of the share's evidence, from the kept page when there is one. */
  keys(share: OpenShare): Promise<ReadonlySet<string> | null>;
}

interface Parts {
  readonly store: ArtifactStore;
  readonly ledger: Pick<Ledger, 'job' | 'service'>;
  readonly signer: ShareSigner | null;
  /** The page that reports are filled into. */
  readonly template: () => Promise<string>;
  readonly press: Press;
}

/** Bytes of pages kept in memory over all shares, and pages remembered without them; what was seen longest ago goes first. */
const MOST_KEPT = 64 * 2 ** 20;
const MOST_REMEMBERED = 1000;
const PICTURE_BYTES = 16 * 2 ** 20;
/** Largest report that is shared; a larger one does not fit into the memory that its page is made in. */
export const MOST_BYTES = 256 * 2 ** 20;

interface Kept {
  readonly version: string;
  readonly keys: ReadonlySet<string>;
  readonly size: number;
  readonly made: MadePage | null;
}

/**
 * Pages of shares, rendered when asked for, one for all links to the same job with the same settings. The ledger and the store's own list say
 * whether a report has changed: it is read only to be rendered. A share that ended is never asked for.
 */
export function createSharePages({ store, ledger, signer, template, press }: Parts): SharePages {
  const kept = new Map<string, Kept>();
  const making = new Map<string, Promise<Kept | null>>();
  let dressed: Promise<ReturnType<typeof policed>> | null = null;

  const dress = (jobId: string) => {
    if (dressed !== null) return dressed;
    const work = template().then((page) => policed(page, signer && new URL(signer.report(jobId, 1)).origin));
    // A build that failed is tried again.
    work.catch(() => {
      dressed = null;
    });
    dressed = work;
    return work;
  };
  const keep = (name: string, entry: Kept) => {
    kept.delete(name);
    kept.set(name, entry);
    if (kept.size > MOST_REMEMBERED) kept.delete(kept.keys().next().value ?? '');
    let total = [...kept.values()].reduce((sum, { made, size }) => sum + (made === null ? 0 : size), 0);
    for (const [older, known] of kept) {
      if (total <= MOST_KEPT) break;
      if (older === name || known.made === null) continue;
      kept.set(older, { ...known, made: null });
      total -= known.size;
    }
  };
  const nameOf = ({ jobId, settings }: OpenShare) => `${jobId} ${JSON.stringify(settings.include)}`;
  const versionOf = async ({ jobId }: OpenShare): Promise<string | null> => {
    const head = await store.head('scanner-artifacts', artifactKeys.reportJson(jobId));
    return head === null ? null : `${ledger.job(jobId)?.seq ?? 0} ${head.size}`;
  };
  const make = async ({ jobId, settings }: OpenShare, version: string): Promise<Kept | null> => {
    const [sources, { html }] = await Promise.all([reportSources(store, [jobId]), dress(jobId)]);
    if (sources === null || sources.size > MOST_BYTES) return null;
    const made = await press.make(
      'page',
      { jobId, include: settings.include, template: html },
      {
        tenant: ledger.service.owners.tenantOf(jobId) ?? '',
        sources,
        readArtifact: (key) => readWhole(store, key, PICTURE_BYTES),
      },
    );
    return made && { version, keys: new Set(made.keys), size: made.before.length + made.after.length, made };
  };
  const known = (share: OpenShare, version: string): Kept | null => {
    const entry = kept.get(nameOf(share));
    return entry?.version === version ? entry : null;
  };
  const entryOf = async (share: OpenShare): Promise<Kept | null> => {
    const version = await versionOf(share);
    if (version === null) return null;
    const name = nameOf(share);
    const entry = known(share, version);
    if (entry?.made) {
      keep(name, entry);
      return entry;
    }
    const turn = `${name} ${version}`;
    const work = making.get(turn) ?? make(share, version).finally(() => making.delete(turn));
    making.set(turn, work);
    const done = await work;
    if (done !== null) keep(name, done);
    return done;
  };
  return {
    async page(share, token) {
      const entry = await entryOf(share);
      if (!entry?.made) return null;
      const pieces = [entry.made.before, Buffer.from(token), entry.made.after];
      return { policy: (await dress(share.jobId)).policy, pieces, size: entry.size + token.length };
    },
    async look(share, token) {
      const version = await versionOf(share);
      if (version === null) return null;
      const size = known(share, version)?.size ?? null;
      return { policy: (await dress(share.jobId)).policy, pieces: null, size: size && size + token.length };
    },
    keys: async (share) => kept.get(nameOf(share))?.keys ?? (await entryOf(share))?.keys ?? null,
  };
}

const POLICY = /(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(">)/;

/**
 * The template with its own policy narrowed to the web (pictures from here and, where there is one, from the object store, nothing from
 * disk), and that policy as a header. There it also puts the page into a sandbox without an origin: no script in it, whoever's, could
 * reach this server's cookies or interface.
 */
function policed(html: string, storeOrigin: string | null): { readonly html: string; readonly policy: string } {
  const own = POLICY.exec(html)?.[2] ?? "default-src 'none'";
  const policy = own.replace(/img-src [^;]*/, `img-src data: 'self'${storeOrigin === null ? '' : ` ${storeOrigin}`}`);
  return {
    html: html.replace(POLICY, (_, before: string, __, after: string) => `${before}${policy}${after}`),
    policy: `${policy}; frame-ancestors 'none'; sandbox allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox`,
  };
}
