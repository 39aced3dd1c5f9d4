import type { Page } from 'puppeteer-core';

/** Chromium stores a session's thresholds as differences from -1, so that one alone is forgotten; any other number below 0 means the same. */
const EVERY_USE = -0.5;

/**
 * Keeps the browser's reports of discouraged calls alive over a navigation. Lighthouse asks for them with -1 before it opens the page; the
 * frame that replaces the blank one then starts without, and a page that asks for a permission on load looks clean. Call it before Lighthouse
 * takes the page.
 */
export function keepViolations(page: Page): void {
  const target = page.target();
  const create = target.createCDPSession.bind(target);
  target.createCDPSession = async () => {
    const session = await create();
    const send = session.send.bind(session) as (...args: unknown[]) => Promise<unknown>;
    const sendKept = (method: string, parameters?: unknown, ...rest: unknown[]) =>
      send(method, method === 'Log.startViolationsReport' ? kept(parameters) : parameters, ...rest);
    return Object.assign(session, { send: sendKept });
  };
}

function kept(parameters: unknown): unknown {
  const { config } = parameters as { config: readonly { name: string; threshold: number }[] };
  return { config: config.map((one) => (one.threshold === -1 ? { ...one, threshold: EVERY_USE } : one)) };
}
