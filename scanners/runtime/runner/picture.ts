import type { Box } from '@stageflow/engine/sdk';
import type { BrowserContext, Page } from 'playwright-core';
import type { Tab } from './tab.ts';
import { within } from './tab.ts';

/** Tallest and widest picture of a page, in CSS pixels; more would not fit a browser's texture. */
export const PICTURE_LIMITS = { height: 16_000, width: 4_000 } as const;

/** A picture of the whole page. */
export interface Picture {
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Takes the full-page picture, cut at the limits. */
export async function takePicture(tab: Tab): Promise<Picture> {
  const { cssContentSize } = await tab.cdp.send('Page.getLayoutMetrics');
  const width = Math.max(1, Math.min(Math.ceil(cssContentSize.width), PICTURE_LIMITS.width));
  const height = Math.max(1, Math.min(Math.ceil(cssContentSize.height), PICTURE_LIMITS.height));
  const { data } = await within(
    tab.cdp.send('Page.captureScreenshot', {
      format: 'jpeg',
      quality: 70,
      captureBeyondViewport: true,
      optimizeForSpeed: true,
      clip: { x: 0, y: 0, width, height, scale: 1 },
    }),
    20_000,
    () => new Error('the picture took too long'),
  );
  return { jpeg: Buffer.from(data, 'base64'), width, height };
}

/** A stored picture, its size read from its own bytes; null when it is no JPEG. */
export function pictureOf(jpeg: Buffer): Picture | null {
  if (jpeg.length < 4 || jpeg.readUInt16BE(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 < jpeg.length && jpeg[at] === 0xff; at += 2 + jpeg.readUInt16BE(at + 2)) {
    const marker = jpeg[at + 1] as number;
    // Start of frame, whatever the coding; 0xc4, 0xc8 and 0xcc are tables.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { jpeg, height: jpeg.readUInt16BE(at + 5), width: jpeg.readUInt16BE(at + 7) };
  }
  return null;
}

/** Where crops are cut out of pictures: a blank tab of its own, so that no page is photographed once per finding. */
export interface Darkroom {
  /** One JPEG per box, null for a box outside the picture. */
  crop(picture: Picture, boxes: readonly Box[]): Promise<(Buffer | null)[]>;
  close(): Promise<void>;
}

declare const createImageBitmap: (
  blob: Blob,
) => Promise<{ readonly width: number; readonly height: number; close(): void }>;
declare const OffscreenCanvas: new (
  width: number,
  height: number,
) => {
  getContext(kind: '2d'): {
    drawImage(...args: unknown[]): void;
    strokeRect(x: number, y: number, w: number, h: number): void;
    lineWidth: number;
    strokeStyle: string;
  };
  convertToBlob(options: { type: string; quality: number }): Promise<Blob>;
};

/** Runs in the blank tab: decodes the picture once and cuts every crop, the element framed. */
async function cut(input: {
  picture: string;
  boxes: { x: number; y: number; width: number; height: number; frame: [number, number, number, number] }[];
}): Promise<string[]> {
  const decode = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const encode = (bytes: Uint8Array) => {
    let text = '';
    for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    return btoa(text);
  };
  const image = await createImageBitmap(new Blob([decode(input.picture)], { type: 'image/jpeg' }));
  const crops: string[] = [];
  for (const box of input.boxes) {
    const canvas = new OffscreenCanvas(box.width, box.height);
    const draw = canvas.getContext('2d');
    draw.drawImage(image, box.x, box.y, box.width, box.height, 0, 0, box.width, box.height);
    draw.lineWidth = 2;
    draw.strokeStyle = '#d6006c';
    draw.strokeRect(...box.frame);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.75 });
    crops.push(encode(new Uint8Array(await blob.arrayBuffer())));
  }
  image.close();
  return crops;
}

/** Surroundings shown around an element, and the largest crop, in CSS pixels. */
const MARGIN = 24;
const LARGEST = { width: 1000, height: 700 } as const;

/** The part of a picture that shows a box with some surroundings; null when the box lies outside. */
export function cropArea(box: Box, picture: { readonly width: number; readonly height: number }) {
  const x = Math.max(0, Math.floor(box.x - MARGIN));
  const y = Math.max(0, Math.floor(box.y - MARGIN));
  const width = Math.min(Math.ceil(box.x + box.width + MARGIN), picture.width, x + LARGEST.width) - x;
  const height = Math.min(Math.ceil(box.y + box.height + MARGIN), picture.height, y + LARGEST.height) - y;
  if (width <= MARGIN || height <= MARGIN || box.x + box.width <= 0 || box.y + box.height <= 0) return null;
  const frame: [number, number, number, number] = [
    box.x - x - 2,
    box.y - y - 2,
    Math.max(box.width, 1) + 4,
    Math.max(box.height, 1) + 4,
  ];
  return { x, y, width, height, frame };
}

/** Opens the darkroom; nobody waits for its tab before the first picture is there. */
export function openDarkroom(context: BrowserContext): Darkroom {
  const open = () => {
    const opening = context.newPage();
    opening.catch(() => {});
    return opening;
  };
  let page: Promise<Page> | null = open();
  const close = async () => {
    const closing = page;
    page = null;
    await closing?.then((tab) => tab.close()).catch(() => {});
  };
  const cropNow: Darkroom['crop'] = async (picture, boxes) => {
    const areas = boxes.map((box) => cropArea(box, picture));
    const wanted = areas.filter((area) => area !== null);
    if (wanted.length === 0) return areas.map(() => null);
    page ??= open();
    try {
      const tab = await page;
      const crops = await within(
        tab.evaluate(cut, { picture: picture.jpeg.toString('base64'), boxes: wanted }),
        20_000,
        () => new Error('the crops took too long'),
      );
      let next = 0;
      return areas.map((area) => (area === null ? null : Buffer.from(crops[next++] as string, 'base64')));
    } catch (thrown) {
      await close();
      throw thrown;
    }
  };
  // One picture after the other: a tab that is closed for one of them must not take another's crops with it.
  let last: Promise<unknown> = Promise.resolve();
  return {
    crop: (picture, boxes) => {
      const turn = last.then(() => cropNow(picture, boxes));
      last = turn.catch(() => {});
      return turn;
    },
    close,
  };
}
