import type { Session, WebContents } from 'electron';
import type { Electron } from '../electron.ts';
import { isOwnAddress } from './scheme.ts';

/** Where links out of the window may lead: to the web, encrypted or not, never to a program or a file. Null for anything else. */
export function outsideAddress(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { protocol, username, password, href } = new URL(address);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' ? href : null;
}

/** What a page of ours needs beyond what every page may: to put a link into the clipboard when its button is pressed. */
const GRANTED = new Set(['clipboard-sanitized-write']);

/** Denies a session everything that no page of ours needs: permissions, devices, screens, and downloads of what is not ours. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, grant, details) => {
    grant(GRANTED.has(permission) && details.isMainFrame && isOwnAddress(details.requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, origin) => GRANTED.has(permission) && isOwnAddress(origin));
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, share) => share(null));
  session.on('will-download', (event, item) => {
    const address = item.getURL();
    if (!isOwnAddress(address) && !address.startsWith('blob:stageflow-app://window/')) event.preventDefault();
  });
}

/**
 * Keeps every page at home: it navigates within its own origin, opens no windows, embeds no other contents. A link to the web is opened in the
 * browser once the person has agreed.
 */
export function guardContents(contents: WebContents, openOutside: (address: string) => void): void {
  const stay = (event: { preventDefault(): void }, address: string) => {
    if (!isOwnAddress(address)) event.preventDefault();
  };
  contents.on('will-navigate', (event) => stay(event, event.url));
  contents.on('will-frame-navigate', (event) => stay(event, event.url));
  contents.on('will-redirect', (event) => stay(event, event.url));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    const address = outsideAddress(url);
    if (address !== null) openOutside(address);
    return { action: 'deny' };
  });
}

/** Asks whether a link may be opened in the browser, showing the whole of it, and opens it. */
export function outsideOpener({ dialog, shell }: Pick<Electron, 'dialog' | 'shell'>): (address: string) => void {
  let isAsking = false;
  return (address) => {
    // A page that asks again and again gets one question.
    if (isAsking) return;
    isAsking = true;
    void (async () => {
      const { response } = await dialog.showMessageBox({
        type: 'question',
        message: 'Open this address in your browser?',
        detail: address.slice(0, 2_000),
        buttons: ['Open', 'Cancel'],
        defaultId: 0,
        cancelId: 1,
        noLink: true,
      });
      if (response === 0) await shell.openExternal(address);
    })().finally(() => {
      isAsking = false;
    });
  };
}
