import type { ReportArtifact } from '@stageflow/engine/report';
import type { Include } from './settings.ts';

/** What a file is to a share: pictures are always part of it, the rest only when ticked. */
export type ShareClass = 'pictures' | keyof Include;

export const PICTURE = /\.(?:png|jpe?g|webp)$/;
/** Files of the navigator that tell what it did; its pictures are pictures. */
const TRANSCRIPT = /^[^/]+\/ai-navigator\/evidence\//;

/** The class of a file. What is of no known kind counts as raw: it is given only to those who may see everything. */
export function shareClassOf({ key, kind }: Pick<ReportArtifact, 'key' | 'kind'>): ShareClass {
  if (PICTURE.test(key)) return 'pictures';
  if (kind === 'har') return 'har';
  if (kind === 'trace') return 'traces';
  return TRANSCRIPT.test(key) ? 'transcripts' : 'raw';
}
