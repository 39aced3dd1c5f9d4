import { createHash } from 'node:crypto';
import { stagingKeys } from '@stageflow/engine/artifact';
import { StageflowError } from '@stageflow/engine/kernel';
import { ARCHIVE_LIMITS } from '@stageflow/engine/scanner';
import { type Staging, takeUpload, type ZipSource } from '@stageflow/engine/submit';
import { z } from 'zod';
import type { Principal } from '../auth/principal.ts';
import type { Reservation } from '../limits/quota.ts';
import type { AppServices } from '../route.ts';
import { announcedBytes, receiveBody } from './body.ts';
import type { Ticket } from './upload-ticket.ts';

const Answer = z.object({ sha256: z.string().nullable() });

/** Most bytes of an archive. */
export const ARCHIVE_BYTES = ARCHIVE_LIMITS.archiveBytes;

/** Stages the archive that a request's body is, hashing it on the way; what is refused or breaks off leaves nothing. What came counts for the sender's day, whether it is kept or not. */
export async function stageBody(
  { engine, limits }: AppServices,
  principal: Principal,
  request: Request,
  upload: { readonly jobId: string; readonly filename: string; readonly announced: boolean },
  most = ARCHIVE_BYTES,
): Promise<ZipSource> {
  const announced = announcedBytes(request.headers, most);
  const reservation = limits.quota.reserve(principal, announced ?? most);
  try {
    const body = counted(receiveBody(request, most), reservation);
    return (await takeUpload(upload.filename, body, engine.staging(upload.jobId, upload))).source;
  } finally {
    reservation.end();
  }
}

/** A body whose bytes are noted as they come. */
export async function* counted(body: AsyncIterable<Uint8Array>, reservation: Reservation): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    reservation.came(chunk.length);
    yield chunk;
  }
}

/** Reads an archive that was uploaded before and holds it to what was announced; `upload_mismatch` when it is missing or another one, which is then removed. */
export async function takeStaged({ engine }: AppServices, ticket: Ticket): Promise<ZipSource> {
  const key = stagingKeys.archive(ticket.jobId, ticket.filename);
  // The job exists already: a ticket is good for one.
  if (engine.ledger.job(ticket.jobId)) throw new StageflowError('job_exists', { jobId: ticket.jobId });
  const object = await engine.store.get('scanner-staging', key);
  if (object === null) throw new StageflowError('upload_mismatch', { reason: 'nothing has been uploaded' });
  try {
    const { source } = await takeUpload(ticket.filename, object.body, inPlace(key));
    const differs =
      source.bytes !== ticket.bytes
        ? `it has ${source.bytes} bytes, announced were ${ticket.bytes}`
        : ticket.sha256 !== null && ticket.sha256 !== source.sha256
          ? 'its SHA-256 is not the one that was announced'
          : null;
    if (differs !== null) throw new StageflowError('upload_mismatch', { reason: differs });
    return source;
  } catch (error) {
    // A store that fails for a moment says nothing about the archive; another request may just have made the job of it.
    const isOther = error instanceof StageflowError && error.row.http < 500;
    if (isOther && !engine.ledger.job(ticket.jobId)) await engine.store.remove('scanner-staging', key);
    throw error;
  }
}

/** A staging place that stores nothing: the bytes lie there already and are only looked at. */
function inPlace(key: string): Staging {
  return {
    key: () => key,
    put: async (_bucket, _key, body) => {
      const hash = createHash('sha256');
      let size = 0;
      for await (const chunk of body) {
        hash.update(chunk);
        size += chunk.length;
      }
      return { key, size, sha256: hash.digest('hex') };
    },
  };
}

/** Whether a repeated request bears the bytes whose hash its answer names. They are read and not kept. */
export async function sameBytes(request: Request, answer: string): Promise<boolean> {
  const hash = createHash('sha256');
  for await (const chunk of receiveBody(request, ARCHIVE_BYTES)) hash.update(chunk);
  return Answer.parse(JSON.parse(answer)).sha256 === hash.digest('hex');
}
