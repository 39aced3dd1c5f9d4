/**
 * Preload: the only code of ours that sees both the window and Electron. It passes on the calls of the contract and nothing else; a path is
 * read from a file that a person dropped, and never enters the window.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Desktop, Told } from './ipc/contract.ts';

const CHANNEL = 'stageflow:';
const TOLD: readonly (keyof Told)[] = ['go', 'offered', 'sync', 'machine'];

const desktop: Desktop = {
  call: async (name, input) => {
    if ((name as string) === 'files.take') throw new TypeError('a page names no paths');
    return ipcRenderer.invoke(CHANNEL + name, input);
  },
  take: (files) => {
    const paths = files.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== '');
    return ipcRenderer.invoke(`${CHANNEL}files.take`, { paths });
  },
  on: (name, tell) => {
    if (!TOLD.includes(name)) return () => {};
    const listener = (_event: unknown, told: Told[typeof name]) => tell(told);
    ipcRenderer.on(CHANNEL + name, listener);
    return () => void ipcRenderer.off(CHANNEL + name, listener);
  },
};

contextBridge.exposeInMainWorld('stageflow', desktop);
