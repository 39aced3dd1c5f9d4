import type { Electron } from './electron.ts';

/** Asks outside the window whether something may be sent to an address; a page that was taken over cannot answer for the person. */
export function asker(
  { dialog }: Pick<Electron, 'dialog'>,
  words: { readonly message: string; readonly detail: string },
): (address: string) => Promise<boolean> {
  return async (address) => {
    const plain = address.startsWith('http:') ? '\nNothing is encrypted on the way there.' : '';
    const { response } = await dialog.showMessageBox({
      type: 'question',
      message: words.message,
      detail: `${address}\n${words.detail}${plain}`,
      buttons: ['Connect', 'Cancel'],
      defaultId: 0,
      cancelId: 1,
      noLink: true,
    });
    return response === 0;
  };
}
