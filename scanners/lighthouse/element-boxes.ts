import type { Box } from '@stageflow/engine/sdk';

interface LighthouseNode {
  readonly isConnected: boolean;
  readonly ownerDocument: unknown;
  checkVisibility(options: { readonly visibilityProperty: boolean; readonly opacityProperty: boolean }): boolean;
  getBoundingClientRect(): { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}
declare const document: unknown;
declare const scrollX: number;
declare const scrollY: number;
declare const requestAnimationFrame: (run: () => void) => number;

/**
 * Runs in the page where Lighthouse has been: it keeps every element that it names by its id. Gives the boxes of those asked for, null for one
 * that is not to be seen; one that is gone is missing.
 */
export async function boxesOf(ids: readonly string[]): Promise<Record<string, Box | null>> {
  await new Promise<void>((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn())));
  const known = (globalThis as { __lighthouseNodesDontTouchOrAllVarianceGoesAway?: Map<LighthouseNode, string> })
    .__lighthouseNodesDontTouchOrAllVarianceGoesAway;
  const boxes: Record<string, Box | null> = {};
  const round = (n: number) => Math.round(n * 10) / 10;
  for (const [element, id] of known ?? []) {
    // What stands in a frame is measured from that frame's corner, which is another's.
    if (!ids.includes(id) || !element.isConnected || element.ownerDocument !== document) continue;
    const { x, y, width, height } = element.getBoundingClientRect();
    const seen = element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    boxes[id] =
      seen && (width > 0 || height > 0)
        ? { x: round(x + scrollX), y: round(y + scrollY), width: round(width), height: round(height) }
        : null;
  }
  return boxes;
}
