import type { Box } from '@stageflow/engine/sdk';
import type { CDPSession, Page } from 'puppeteer-core';
import { itemsOf } from './audit-items.ts';
import { boxesOf } from './element-boxes.ts';
import { judges, PASS } from './failing.ts';
import type { LighthouseReport } from './raw.ts';

/** The page as Lighthouse left it, and where on the picture the elements are that failing audits name. */
export interface Photograph {
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** By Lighthouse's id of the element; null for one that is not to be seen, missing for one that is gone. */
  readonly boxes: Readonly<Record<string, Box | null>>;
}

const MOST_ELEMENTS = 40;
/** Tallest and widest picture, in CSS pixels; more would not fit a browser's texture. */
const LARGEST = { height: 16_000, width: 4_000 };
const PATIENCE_MS = 10_000;

/** Ids of the elements that failing audits name; beside axe, whose places are pictured already, only those of other audits. */
export function wantedElements(report: LighthouseReport, besideAxe: boolean): string[] {
  const failing = Object.values(report.audits).filter((audit) => judges(audit) && audit.score < PASS);
  const ours = failing.filter((audit) => !besideAxe || audit.details?.debugData?.impact === undefined);
  const ids = ours.flatMap((audit) => itemsOf(audit).flatMap(({ node }) => node?.lhId ?? []));
  return [...new Set(ids)].slice(0, MOST_ELEMENTS);
}

/**
 * Takes a picture of the tab in which Lighthouse has just measured, in the window that it measured in, and looks its own elements up: no
 * other load of the page is sure to look the same. Null when there is nothing to be shown or the tab does not answer.
 */
export async function photograph(
  page: Page,
  report: LighthouseReport & { readonly configSettings: { readonly screenEmulation?: ScreenEmulation } },
  ids: readonly string[],
): Promise<Photograph | null> {
  const screen = report.configSettings.screenEmulation;
  if (ids.length === 0 || screen === undefined || page.url() !== report.finalDisplayedUrl) return null;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, null);
  });
  try {
    return await Promise.race([take(page, screen, ids).catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}

interface ScreenEmulation {
  readonly width: number;
  readonly height: number;
  readonly mobile: boolean;
}

async function take(page: Page, screen: ScreenEmulation, ids: readonly string[]): Promise<Photograph> {
  const cdp = await page.createCDPSession();
  const { width, height, mobile } = screen;
  // A picture's pixel is a CSS pixel, so that boxes and picture agree.
  await cdp.send('Emulation.setDeviceMetricsOverride', { width, height, mobile, deviceScaleFactor: 1 });
  const contexts = await contextsOf(cdp);
  const before = await boxesIn(cdp, contexts, ids);
  const { cssContentSize } = await cdp.send('Page.getLayoutMetrics');
  const size = {
    width: Math.max(1, Math.min(Math.ceil(cssContentSize.width), LARGEST.width)),
    height: Math.max(1, Math.min(Math.ceil(cssContentSize.height), LARGEST.height)),
  };
  const { data } = await cdp.send('Page.captureScreenshot', {
    format: 'jpeg',
    quality: 70,
    captureBeyondViewport: true,
    optimizeForSpeed: true,
    clip: { x: 0, y: 0, ...size, scale: 1 },
  });
  const after = await boxesIn(cdp, contexts, ids);
  // What moved meanwhile may be anywhere on the picture.
  const still = Object.entries(before).filter(([id, box]) => JSON.stringify(box) === JSON.stringify(after[id]));
  return { jpeg: Buffer.from(data, 'base64'), ...size, boxes: Object.fromEntries(still) };
}

/** The page's own context and Lighthouse's: it looks at elements from both. */
async function contextsOf(cdp: CDPSession): Promise<number[]> {
  const { frameTree } = await cdp.send('Page.getFrameTree');
  const found: number[] = [];
  cdp.on('Runtime.executionContextCreated', ({ context }) => {
    const { frameId, isDefault } = (context.auxData ?? {}) as { frameId?: string; isDefault?: boolean };
    if (frameId !== frameTree.frame.id) return;
    if (isDefault === true || context.name.startsWith('lighthouse')) found.push(context.id);
  });
  await cdp.send('Runtime.enable');
  return found;
}

async function boxesIn(
  cdp: CDPSession,
  contexts: readonly number[],
  ids: readonly string[],
): Promise<Record<string, Box | null>> {
  const answers = await Promise.all(
    contexts.map((executionContextId) =>
      cdp.send('Runtime.callFunctionOn', {
        functionDeclaration: boxesOf.toString(),
        executionContextId,
        arguments: [{ value: ids }],
        awaitPromise: true,
        returnByValue: true,
      }),
    ),
  );
  return Object.assign({}, ...answers.map(({ result }) => result.value as Record<string, Box | null>));
}
