import type { ExploreContext } from '@stageflow/engine/sdk';
import type { ConsoleMessage, Response, Request } from 'playwright-core';
import { bringIntoView, clock, focused, imprint, jumpedSince, stillness } from '../in-page/look.ts';
import { survey } from '../in-page/survey.ts';
import type { FocusSeen, Outcome, Survey } from '../raw.ts';
import { hashOf, type TreeNode } from './tree.ts';

const LIMITS = { controls: 300, elements: 20_000 } as const;
/** Milliseconds without a change that count as still, and the longest wait for it. */
const STILL = { quiet: 90, most: 1200 } as const;
/** Longest wait for requests that an action set off, in milliseconds, and the pause between two looks. */
const REQUESTS_MS = 1500;
const LOOK_MS = 25;

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The one pair of hands and eyes on the tab: real input goes in, and what the page did in answer comes out. */
export interface Hand {
  survey(): Promise<Survey>;
  focus(): Promise<FocusSeen>;
  /** The state's hash. */
  hash(): Promise<string>;
  still(): Promise<void>;
  wait(ms: number): Promise<void>;
  /** Presses the main button over the middle of an element; false when it is gone or covered. */
  click(selector: string): Promise<boolean>;
  press(key: string): Promise<void>;
  /** Types a text into the element that has the focus. */
  type(text: string): Promise<void>;
  /** Types it in place of what the element holds. */
  fill(text: string): Promise<void>;
  wheel(pixels: number): Promise<void>;
  /** Runs an action and says what it changed. */
  watch(action: () => Promise<boolean>, own: string | null): Promise<Outcome>;
  inside: ExploreContext['tab']['inside'];
  picture(): Promise<Buffer | null>;
  close(): Promise<void>;
}

/** Takes hold of the tab of a run. */
export async function takeHold({ tab, job, url }: Pick<ExploreContext, 'tab' | 'job' | 'url'>): Promise<Hand> {
  const { page } = tab;
  const cdp = await page.context().newCDPSession(page);
  const origin = new URL(url).origin;
  const errors: string[] = [];
  const failed: { url: string; why: string }[] = [];
  const aside: string[] = [];
  let asked = 0;
  const note = <T>(list: T[], entry: T) => {
    if (list.length < 50) list.push(entry);
  };
  const counts = (address: string) => job.source === 'urls' || address.startsWith(`${origin}/`);
  const onConsole = (message: ConsoleMessage) => {
    const text = message.text();
    // The browser's own word on a request is told as a failed request.
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) note(errors, text.slice(0, 300));
  };
  const onError = (error: Error) => note(errors, `${error.name}: ${error.message}`.slice(0, 300));
  const onFailed = (request: Request) => {
    const why = request.failure()?.errorText ?? '';
    if (!/ABORTED|BLOCKED_BY_CLIENT/.test(why) && counts(request.url()))
      note(failed, { url: request.url().slice(0, 500), why });
  };
  const onResponse = (response: Response) => {
    const refused = Object.keys(response.headers()).some((name) => name.startsWith('x-stageflow-refus'));
    if (response.status() >= 400 && !refused && counts(response.url()) && !response.url().endsWith('/favicon.ico'))
      note(failed, { url: response.url().slice(0, 500), why: `the server answered ${response.status()}` });
  };
  page.on('console', onConsole);
  page.on('pageerror', onError);
  page.on('requestfailed', onFailed);
  page.on('response', onResponse);
  page.on('request', () => {
    asked += 1;
  });
  page.on('dialog', (dialog) => note(aside, `a message box: ${dialog.message().slice(0, 100)}`));
  page.on('popup', () => note(aside, 'a new window'));
  page.on('download', () => note(aside, 'a download'));

  const hand: Hand = {
    inside: tab.inside,
    survey: () => tab.inside(survey, LIMITS),
    focus: () => tab.inside(focused, null),
    hash: async () => hashOf((await cdp.send('Accessibility.getFullAXTree')).nodes as TreeNode[]),
    wait,
    still: async () => {
      await tab.inside(stillness, STILL).catch(() => false);
      if (tab.inFlight() === 0) return;
      for (let left = REQUESTS_MS; tab.inFlight() > 0 && left > 0; left -= LOOK_MS) await wait(LOOK_MS);
      await tab.inside(stillness, STILL).catch(() => false);
    },
    click: async (selector) => {
      const at = await tab.inside(bringIntoView, selector);
      if (at === null || at.covered) return false;
      await page.mouse.click(at.x, at.y);
      return true;
    },
    press: (key) => page.keyboard.press(key),
    type: (text) => page.keyboard.insertText(text),
    fill: async (text) => {
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.insertText(text);
    },
    wheel: (pixels) => page.mouse.wheel(0, pixels),
    watch: async (action, own) => {
      const before = await tab.inside(imprint, null);
      const at = page.url();
      const since = await tab.inside(clock, null);
      const focusBefore = (await hand.focus()).selector;
      const heldBefore = tab.held().length;
      for (const list of [errors, failed, aside]) list.length = 0;
      asked = 0;
      const done = await action();
      await hand.still();
      const focus = await hand.focus();
      const held = tab.held().slice(heldBefore);
      const bare = (address: string) => address.split('#', 1)[0];
      const navigated = bare(page.url()) === bare(at) ? null : page.url().slice(0, 2048);
      const moved = focus.selector !== focusBefore && focus.selector !== own && focus.selector !== null;
      const shows = (await tab.inside(imprint, null)) !== before;
      return {
        done,
        changed: done && (shows || moved || navigated !== null || held.length + aside.length + asked > 0),
        navigated,
        focus,
        errors: [...errors],
        failed: [...failed],
        held,
        aside: [...aside],
        jump: navigated === null ? await tab.inside(jumpedSince, since) : 0,
      };
    },
    picture: () => page.screenshot({ type: 'jpeg', quality: 60, timeout: 10_000 }).catch(() => null),
    close: async () => {
      page.off('console', onConsole);
      page.off('pageerror', onError);
      page.off('requestfailed', onFailed);
      page.off('response', onResponse);
      await cdp.detach().catch(() => {});
    },
  };
  return hand;
}
