import { existsSync } from 'node:fs';
import { findProgram } from './programs.ts';

/** Debian's and Ubuntu's wrapper scripts add flags of their own, so the program behind them is preferred. */
const PROGRAMS = [
  '/usr/lib/chromium/chromium',
  '/usr/lib64/chromium-browser/chromium-browser',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Path of a Chromium on this machine, for `--isolation process` only (pods bring their own); null when there is none. */
export function findBrowser(): string | null {
  return PROGRAMS.find((file) => existsSync(file)) ?? findProgram('google-chrome') ?? findProgram('chromium') ?? null;
}
