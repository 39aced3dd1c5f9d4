/** What this app uses of electron-updater; whoever only works on the app needs no more of it than this. */
declare module 'electron-updater' {
  export const autoUpdater: {
    autoDownload: boolean;
    autoInstallOnAppQuit: boolean;
    logger: unknown;
    on(event: 'update-downloaded', told: (update: { readonly version: string }) => void): unknown;
    on(event: 'error', told: (error: Error) => void): unknown;
    checkForUpdates(): Promise<{
      readonly downloadPromise?: Promise<unknown> | null;
      readonly cancellationToken?: { cancel(): void };
    } | null>;
    quitAndInstall(isSilent?: boolean, isForceRunAfter?: boolean): void;
  };
}
