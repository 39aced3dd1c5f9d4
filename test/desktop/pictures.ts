import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Folder for pictures of the story's steps (`npm run docs:screenshots:desktop`); tests take none. */
const FOLDER = process.env['STAGEFLOW_PICTURES'];

/** Whether pictures are taken. */
export const arePicturesTaken = FOLDER !== undefined;

/** Takes a picture of a step when pictures are wanted. */
export async function picture(page: Page, name: string): Promise<void> {
  if (FOLDER === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
}
