import type { Box, NoPicture, Occurrence, ScannerFinding, StoredArtifact } from '@stageflow/engine/sdk';
import { sha256Hex } from '@stageflow/engine/kernel';
import type { EngineChannel } from '../channel/index.ts';
import { cropArea, type Darkroom, type Picture } from './picture.ts';

/** Most crops of one finding on one page, and of one page. */
export const MOST_OF_FINDING = 3;
const MOST_OF_PAGE = 80;

/** What pictures are cut of, by `boxName`: elements of one box share a picture. */
export type Wanted = ReadonlyMap<string, Box>;
export const boxName = ({ x, y, width, height }: Box): string => [x, y, width, height].join(' ');

/**
 * The boxes worth a crop, each once: the first place of every finding, failures before reviews, then the second of every finding,
 * and so on, so that a finding with many places takes no other's picture. `boxOf` gives the place of an occurrence that can be drawn.
 */
export function cropsWanted(
  findings: readonly ScannerFinding[],
  boxOf: (occurrence: Occurrence) => Box | null,
  most = MOST_OF_PAGE,
): Wanted {
  const wanted = new Map<string, Box>();
  const rows = (['fail', 'needs-review'] as const).flatMap((outcome) =>
    findings
      .filter((finding) => finding.outcome === outcome)
      .map((finding) => finding.occurrences.flatMap((o) => boxOf(o) ?? []).slice(0, MOST_OF_FINDING)),
  );
  for (let nth = 0; nth < MOST_OF_FINDING; nth++) {
    for (const row of rows) {
      const one = row[nth];
      if (one && wanted.size < most) wanted.set(boxName(one), one);
    }
  }
  return wanted;
}

/** Cuts crops and stores them under `folder`; the answer is by `boxName` and lacks boxes outside of the picture. */
export async function storeCrops(
  wanted: Wanted,
  picture: Picture | null,
  folder: string,
  tools: { readonly darkroom: Darkroom; readonly channel: Pick<EngineChannel, 'putArtifact'> },
): Promise<ReadonlyMap<string, StoredArtifact>> {
  if (!picture || wanted.size === 0) return new Map();
  const crops = await tools.darkroom.crop(picture, [...wanted.values()]);
  const stored = await Promise.all(
    [...wanted.keys()].map(async (name, i) => {
      const jpeg = crops[i];
      if (!jpeg) return null;
      const file = `${sha256Hex(name).slice(0, 16)}.jpg`;
      return [name, await tools.channel.putArtifact(`${folder}/crops/${file}`, jpeg)] as const;
    }),
  );
  return new Map(stored.filter((one) => one !== null));
}

/** Why an element has no crop: `box` is null when it is not to be seen; `wanted` says that one was to be cut. */
export function whyNoCrop(box: Box | null, picture: Omit<Picture, 'jpeg'> | null, wanted: boolean): NoPicture {
  if (box === null) return 'hidden';
  if (picture === null) return 'failed';
  if (cropArea(box, picture) === null) return 'outside';
  return wanted ? 'failed' : 'limit';
}
