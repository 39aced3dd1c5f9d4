import type { ArtifactStore, ShareSigner } from '@stageflow/engine/artifact';
import { sha256Hex } from '@stageflow/engine/kernel';
import { renderHtml } from '@stageflow/engine/report';
import { sharedReport } from './exposure.ts';
import type { OpenShare } from './open.ts';
import { parseReport, readReport, readWhole } from './stored-report.ts';

/** A share's page, ready to be sent, and what may be fetched from it. */
export interface SharePage {
  readonly html: string;
  /** Value of `Content-Security-Policy`. */
  readonly policy: string;
  readonly keys: ReadonlySet<string>;
}

/** Where share pages come from. */
export interface SharePages {
  /** The page of a share under its token, or null when the job's report is gone. Made on the first look, then kept for a while. */
  page(share: OpenShare, token: string): Promise<SharePage | null>;
  /** Keys of the share's evidence, from the kept page when there is one. */
  keys(share: OpenShare, token: string): Promise<ReadonlySet<string> | null>;
}

interface Parts {
  readonly store: ArtifactStore;
  readonly signer: ShareSigner | null;
  /** The page that reports are filled into. */
  readonly template: () => Promise<string>;
}

/** Characters of HTML kept in memory over all shares; the page seen longest ago goes first. */
const MOST_KEPT = 64 * 2 ** 20;
const PICTURE_BYTES = 16 * 2 ** 20;

interface Kept {
  readonly version: string;
  readonly page: SharePage;
}

/** Pages of shares, rendered when asked for. A report or settings that changed make a new page; a share that ended is never asked for. */
export function createSharePages({ store, signer, template }: Parts): SharePages {
  const kept = new Map<string, Kept>();
  const making = new Map<string, Promise<SharePage | null>>();

  const keep = (id: string, entry: Kept) => {
    kept.delete(id);
    kept.set(id, entry);
    let total = [...kept.values()].reduce((sum, { page }) => sum + page.html.length, 0);
    for (const [oldest, { page }] of kept) {
      if (total <= MOST_KEPT || oldest === id) break;
      kept.delete(oldest);
      total -= page.html.length;
    }
  };
  const make = async (share: OpenShare, token: string, bytes: Buffer): Promise<SharePage | null> => {
    const report = parseReport(bytes, share.jobId);
    if (report === null) return null;
    const shown = sharedReport(report, share.settings.include);
    const readArtifact = async (key: string) => (shown.keys.has(key) ? readWhole(store, key, PICTURE_BYTES) : null);
    const html = await renderHtml(shown.report, {
      template: await template(),
      readArtifact,
      assetBase: `${token}/a/`,
      beside: true,
    });
    return { ...policed(html, signer && new URL(signer.report(share.jobId, 1)).origin), keys: shown.keys };
  };
  const page: SharePages['page'] = async (share, token) => {
    const bytes = await readReport(store, share.jobId);
    if (bytes === null) return null;
    const version = `${JSON.stringify(share.settings.include)} ${sha256Hex(bytes)}`;
    const known = kept.get(share.id);
    if (known?.version === version) {
      keep(share.id, known);
      return known.page;
    }
    const turn = `${share.id} ${version}`;
    const made = making.get(turn) ?? make(share, token, bytes).finally(() => making.delete(turn));
    making.set(turn, made);
    const done = await made;
    if (done !== null) keep(share.id, { version, page: done });
    return done;
  };
  return {
    page,
    async keys(share, token) {
      const known = kept.get(share.id);
      const same = known?.version.startsWith(`${JSON.stringify(share.settings.include)} `) === true;
      return same ? known.page.keys : ((await page(share, token))?.keys ?? null);
    },
  };
}

const POLICY = /(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(">)/;

/**
 * The page with its own policy narrowed to the web (pictures from here and, where there is one, from the object store, nothing from
 * disk), and that policy as a header. There it also puts the page into a sandbox without an origin: no script in it, whoever's, could
 * reach this server's cookies or interface.
 */
export function policed(html: string, storeOrigin: string | null): { readonly html: string; readonly policy: string } {
  const own = POLICY.exec(html)?.[2] ?? "default-src 'none'";
  const policy = own.replace(/img-src [^;]*/, `img-src data: 'self'${storeOrigin === null ? '' : ` ${storeOrigin}`}`);
  return {
    html: html.replace(POLICY, (_, before: string, __, after: string) => `${before}${policy}${after}`),
    policy: `${policy}; frame-ancestors 'none'; sandbox allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox`,
  };
}
