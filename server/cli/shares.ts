import { EXIT } from '@stageflow/engine/kernel';
import type { z } from '@hono/zod-openapi';
import type { Share } from '../routes/share-shapes.ts';
import { ask, askJson, atJob, textOf } from './desk/api.ts';
import { openServerApi, type PlaceOptions } from './desk/desk.ts';
import { printable } from './scan/progress.ts';
import { table } from './table.ts';

const WHAT = 'A share link';

/** `./stageflow share ID --list`: the links to a job, without their tokens. */
export async function listShares(jobId: string, options: PlaceOptions & { readonly json?: boolean }): Promise<number> {
  const { api } = await openServerApi(options, WHAT);
  const { shares } = await askJson<{ shares: z.infer<typeof Share>[] }>(api, 'GET', atJob(jobId, '/shares'));
  const rows = shares.map(({ id, state, expiresAt, include, label }) => {
    const given = Object.entries(include).flatMap(([kind, ticked]) => (ticked ? [kind] : []));
    return [id, state, expiresAt, given.join(', '), label ?? ''];
  });
  if (options.json === true) process.stdout.write(`${JSON.stringify(shares, null, 2)}\n`);
  else if (rows.length === 0) process.stderr.write('No link to this job was made.\n');
  else process.stdout.write(table(['share', 'state', 'ends', 'also gives', 'label'], rows));
  return EXIT.pass;
}

/** `./stageflow share --revoke SHARE`: takes a link back; whoever opens it finds nothing. */
export async function revokeShare(shareId: string, options: PlaceOptions): Promise<number> {
  const { api } = await openServerApi(options, WHAT);
  await textOf(await ask(api, 'DELETE', `/api/v1/shares/${encodeURIComponent(shareId)}`));
  process.stdout.write(`${printable(shareId)} is taken back: the link opens nothing any more.\n`);
  return EXIT.pass;
}
