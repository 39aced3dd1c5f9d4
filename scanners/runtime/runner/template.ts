import { sha256Hex } from '@stageflow/engine/kernel';

/** Hash of a page's skeleton: which containers stand in which, whatever their number and text. Pages of one template share it. */
export function templateHash(skeleton: readonly string[]): string {
  return sha256Hex([...new Set(skeleton)].sort().join('\n')).slice(0, 16);
}
