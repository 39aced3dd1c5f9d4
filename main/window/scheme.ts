import type { CustomScheme } from 'electron';

/** Scheme and host of the window's own pages. The links that others may open are `stageflow://` and lead nowhere by themselves. */
const SCHEME = 'stageflow-app';
const HOST = 'window';

/** Where the window's pages are, without the slash behind it. */
export const WINDOW_ORIGIN = `${SCHEME}://${HOST}`;

/** Told to Electron before it is ready: pages of the scheme have an origin and the rights of https, streams included. */
export const WINDOW_SCHEME = {
  scheme: SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
} as const satisfies CustomScheme;

/** True for an address of the window's own pages. */
export function isOwnAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return protocol === `${SCHEME}:` && host === HOST && username === '' && password === '';
}
