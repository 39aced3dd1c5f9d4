import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { StageflowError } from '@stageflow/engine/kernel';
import { judgePath, packFolder } from '@stageflow/engine/submit';

/** A file that the window may fetch once. */
export interface Offer {
  readonly name: string;
  /** Secret part of its address. */
  readonly key: string;
}

/** What a person handed to the app, on its way into the window. */
export interface Offers {
  /** Judges paths as the command line would; a folder becomes an archive when it is fetched. Refusals: those of `judgePath`. */
  take(paths: readonly string[]): Promise<readonly Offer[]>;
  /** Addresses that came as text. */
  text(name: string, text: string): Offer;
  /** The file behind a key, once. */
  open(key: string): Response;
}

/** Files with addresses in them rather than a site. */
const LISTS = /\.(?:txt|csv|url|webloc|list)$/i;
const MOST_LIST_BYTES = 1_000_000;
/** Offers that nobody fetched are forgotten from the oldest on. */
const MOST = 200;

/** Opens the counter over which files go. */
export function openOffers(): Offers {
  const waiting = new Map<string, () => Response>();
  const offer = (name: string, open: () => Response): Offer => {
    const key = randomBytes(24).toString('base64url');
    waiting.set(key, open);
    for (const oldest of waiting.keys()) {
      if (waiting.size <= MOST) break;
      waiting.delete(oldest);
    }
    return { name, key };
  };
  return {
    take: async (paths) => {
      const offers: Offer[] = [];
      for (const path of paths) offers.push(await judged(resolve(path), offer));
      return offers;
    },
    text: (name, text) =>
      offer(name, () => new Response(text, { headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' } })),
    open: (key) => {
      const open = waiting.get(key);
      waiting.delete(key);
      if (open === undefined) throw new StageflowError('not_found');
      return open();
    },
  };
}

async function judged(path: string, offer: (name: string, open: () => Response) => Offer): Promise<Offer> {
  const name = basename(path);
  const found = await stat(path).catch(() => null);
  if (LISTS.test(name) && found?.isFile() === true && found.size <= MOST_LIST_BYTES)
    return offer(name, () => answer(createReadStream(path), 'text/plain'));
  const plan = await judgePath(path);
  return plan === null
    ? offer(name, () => answer(createReadStream(path), 'application/zip'))
    : offer(`${name}.zip`, () => answer(packFolder(plan), 'application/zip'));
}

/** A disk that fails breaks the answer's body, which whoever reads it sees. */
function answer(bytes: AsyncIterable<Uint8Array>, type: string): Response {
  return new Response(Readable.toWeb(Readable.from(bytes, { objectMode: false })) as ReadableStream, {
    headers: { 'content-type': type, 'cache-control': 'no-store' },
  });
}
