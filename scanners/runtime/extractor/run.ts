import { closeSync } from 'node:fs';
import type { ContainerMessage, ExtractorAssignment } from '@stageflow/engine/sdk';
import { fatalError } from '../channel/index.ts';
import { receiveArchive } from './receive.ts';
import { ArchiveRefusal } from './refusal.ts';
import { readSite } from './site/index.ts';
import { serveSite, type ServedSite } from './serve/index.ts';
import { createContentFile, unpackArchive } from './unpack/index.ts';
import { fileSource, validateArchive } from './validate/index.ts';

/** How an extraction ended: the message for the engine, and the running server when the archive was accepted. */
export interface Extraction {
  readonly message: Extract<ContainerMessage, { type: 'extractor.ready' | 'extractor.refused' }>;
  readonly served: ServedSite | null;
}

/** Receives, validates, unpacks and serves the archive of one assignment. A refused archive is an answer; everything else that fails is thrown. */
export async function extract(assignment: ExtractorAssignment, input: AsyncIterable<Uint8Array>): Promise<Extraction> {
  try {
    const served = await extractAndServe(assignment, input);
    return { message: { type: 'extractor.ready', port: served.port, site: served.summary }, served };
  } catch (error) {
    if (!(error instanceof ArchiveRefusal)) throw error;
    const entry = error.entry === null ? null : error.entry.toWellFormed().slice(0, 1024);
    return {
      message: { type: 'extractor.refused', code: error.code, entry, reason: error.reason.slice(0, 500) },
      served: null,
    };
  }
}

async function extractAndServe(assignment: ExtractorAssignment, input: AsyncIterable<Uint8Array>) {
  const { limits, directory } = assignment;
  const content = createContentFile(directory);
  try {
    const archive = await receiveArchive(directory, input, limits, assignment.sha256);
    try {
      const source = fileSource(archive);
      const valid = validateArchive(source, limits);
      const unpacked = await unpackArchive(source, valid, content, limits);
      const site = readSite(unpacked, valid.notes);
      const served = await serveSite(site, assignment.port);
      return {
        port: served.port,
        summary: site.summary,
        close: () => served.close().finally(() => closeSync(content)),
      };
    } finally {
      closeSync(archive);
    }
  } catch (error) {
    closeSync(content);
    throw error;
  }
}

/** Details of a failure that is not the archive's, for the engine's log. */
export function fatalMessage(error: unknown): Extract<ContainerMessage, { type: 'fatal' }> {
  const { code } = fatalError(error);
  const reason = error instanceof Error ? error.message : String(error);
  return { type: 'fatal', code, reason: reason.slice(0, 1000) };
}
