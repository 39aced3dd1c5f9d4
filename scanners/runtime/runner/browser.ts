import { existsSync } from 'node:fs';
import { StageflowError } from '@stageflow/engine/kernel';
import type { RunnerAssignment, WarmUpAssignment } from '@stageflow/engine/sdk';
import { type BrowserContext, chromium } from 'playwright-core';

/** Where Debian's package keeps the browser itself; `/usr/bin/chromium` is a shell wrapper that adds flags. */
export const CHROMIUM = '/usr/lib/chromium/chromium';
/** The same engine of the same build without the browser's own windows, which cost a fifth of a page's processor time and show nothing here. */
const HEADLESS_SHELL = '/usr/lib/chromium/chromium-headless-shell';

/** The program of the page lane's browser. */
const pageBrowser = () => (existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : CHROMIUM);

/** A running browser. Its profile is gone with it. */
export interface Browser {
  /** Opens a context: a jar of cookies, a storage and a cache of its own, which no page of another context sees. */
  openContext(): Promise<BrowserContext>;
  /** For example `Chromium 156.0.8078.79`. */
  readonly version: string;
  /** Aborts when the browser has ended, asked or unasked. */
  readonly gone: AbortSignal;
  close(): Promise<void>;
}

/** All that decides how the page lane's browser is started. */
export type BrowserSettings = WarmUpAssignment['browser'] & { readonly access: boolean };

/** The part of an assignment that the browser's start depends on; equal settings may share a browser. */
export function browserSettings(assignment: RunnerAssignment): BrowserSettings {
  const { device, viewport, userAgent, locale, testTrust, chromium, access } = assignment;
  return { device, viewport, userAgent, locale, testTrust, chromium, access: access !== null };
}

/** Flags that every browser of a job gets, whoever starts it: the proxy is its only way out, and nothing goes around it. */
export function browserArgs(proxyPort: number, trust: RunnerAssignment['testTrust']): string[] {
  return [
    `--proxy-server=http://127.0.0.1:${proxyPort}`,
    // Without this entry Chromium goes straight to localhost and link-local addresses.
    '--proxy-bypass-list=<-loopback>',
    '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-domain-reliability',
    '--disable-sync',
    '--no-pings',
    '--no-default-browser-check',
    '--mute-audio',
    ...(trust && trust.spki.length > 0 ? [`--ignore-certificate-errors-spki-list=${trust.spki.join(',')}`] : []),
  ];
}

/** Starts the page lane's browser over a pipe, its own sandbox on. Throws `browser_failed`. */
export async function launchBrowser(settings: BrowserSettings, proxyPort: number): Promise<Browser> {
  const mobile = settings.device === 'mobile';
  try {
    const browser = await chromium.launch({
      executablePath: settings.chromium ?? pageBrowser(),
      headless: true,
      chromiumSandbox: true,
      timeout: 60_000,
      args: [
        ...browserArgs(proxyPort, settings.testTrust),
        // One session then sees every frame. With a login at stake frames of other sites stay in processes of their own.
        ...(settings.access ? [] : ['--disable-site-isolation-trials']),
      ],
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    const gone = new AbortController();
    browser.on('disconnected', () => gone.abort());
    return {
      openContext: () =>
        browser.newContext({
          viewport: settings.viewport,
          screen: settings.viewport,
          // A picture's pixel is a CSS pixel, so that boxes and pictures agree.
          deviceScaleFactor: 1,
          isMobile: mobile,
          hasTouch: mobile,
          locale: settings.locale,
          ...(settings.userAgent === null ? {} : { userAgent: settings.userAgent }),
          acceptDownloads: false,
          serviceWorkers: 'block',
          reducedMotion: 'reduce',
        }),
      version: `Chromium ${browser.version()}`,
      gone: gone.signal,
      close: async () => {
        await browser.close().catch(() => {});
      },
    };
  } catch (cause) {
    throw new StageflowError('browser_failed', { reason: firstLine(cause) }, { cause });
  }
}

function firstLine(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return (message.split('\n').find((line) => line.trim() !== '') ?? 'unknown').slice(0, 300);
}
