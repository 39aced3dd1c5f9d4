/**
 * Main: the desktop's front door. One step after the other; each gets what it needs of Electron and nothing more.
 * Enters: a person's clicks, drops and links. Leaves: a window on the engine, a tray, notifications. It must never hold a decision about
 * scanning, open a port, or give its window anything that a web page has no need of.
 */
import { resolve } from 'node:path';
import { asStageflowError, createLog, systemClock } from '@stageflow/engine/kernel';
import type { BrowserWindow } from 'electron';
import { closeToTray } from './close-to-tray.ts';
import { LINK_SCHEME, readArguments, readLink } from './deep-links.ts';
import type { Electron } from './electron.ts';
import { CHANNEL, type Told } from './ipc/contract.ts';
import { serveCalls } from './ipc/serve.ts';
import { endedSince, isOver, type JobLine, nameOf } from './jobs/line.ts';
import { watchJobs } from './jobs/watch.ts';
import { keepHost } from './keeper/keep.ts';
import { openLeaving } from './leave.ts';
import type { Hindrance } from './machine/hindrance.ts';
import { openMachine, type Programs } from './machine/mend.ts';
import { watchMachine } from './machine/watch.ts';
import { openLogFile } from './log-file.ts';
import { menuTemplate } from './menu.ts';
import { newsOf, openNotifier } from './notifications.ts';
import { type Offer, openOffers } from './offers.ts';
import { openPlaces, placeCalls } from './places.ts';
import type { KnownServer } from './servers/keep.ts';
import { openSettings } from './settings/keep.ts';
import { visiblePlace } from './settings/model.ts';
import { hostSpawner } from './spawn-host.ts';
import { uploadWord } from './sync/word.ts';
import { openUpdates, type Updater } from './updates/keep.ts';
import { type TrayAct, trayModel } from './tray/model.ts';
import { openTray } from './tray/show.ts';
import { answerWindow, offerAddress } from './window/answer.ts';
import { awayWords } from './window/away-page.ts';
import { guardContents, guardSession, outsideOpener } from './window/guards.ts';
import { keepWindow } from './window/open.ts';
import { isOwnAddress, WINDOW_SCHEME } from './window/scheme.ts';

/** Files that main needs beside itself. */
export interface Parts {
  /** Path of the built preload; built first where there is none. */
  preload(): Promise<string>;
  /** What the engine's process runs. */
  readonly host: string;
  /** Resolves when the program beside the app is what was packed with it; rejects with a sentence when it is not. */
  unchanged(): Promise<void>;
  /** What fetches newer versions; null where the app is not installed. */
  readonly updater: Updater | null;
  /** Programs of this computer: Podman, where its machine has to be made or started. */
  readonly programs: Programs;
  /** Calls back when the system tells the program to end, as when it is uninstalled. */
  whenTold(end: () => void): void;
  /** Whether the system shows tray icons. */
  hasTray(): Promise<boolean>;
}

/** What an upload takes along that nobody ticked for. */
const NOTHING_MORE = { har: false, raw: false, traces: false, transcripts: false };

/** How long the window waits for the settings, and so for the place where it was. */
const SETTINGS_PATIENCE_MS = 1_500;

/** Starts the app; `argv` is what the person wrote behind the program's name. Resolves when the window is on its way, or at once when another instance took over. */
export async function startDesktop(electron: Electron, parts: Parts, argv: readonly string[]): Promise<void> {
  const {
    app,
    BrowserWindow,
    clipboard,
    crashReporter,
    dialog,
    ipcMain,
    Menu,
    powerMonitor,
    protocol,
    screen,
    session,
    shell,
  } = electron;
  const clock = systemClock;
  app.enableSandbox();
  // Windows shows no notifications of an app without one.
  app.setAppUserModelId('stageflow.desktop');
  protocol.registerSchemesAsPrivileged([WINDOW_SCHEME]);
  if (!app.requestSingleInstanceLock()) return app.quit();
  app.setAsDefaultProtocolClient(LINK_SCHEME);

  // What other programs ask for before there is a window waits for it.
  const early: (() => void)[] = [];
  let ask: (what: () => void) => void = (what) => void early.push(what);
  // In a clone the second word is the app's folder.
  const own = app.isPackaged ? 1 : 2;
  app.on('second-instance', (_event, words, folder) => ask(() => void obey(words.slice(own), folder)));
  app.on('open-url', (event, address) => {
    event.preventDefault();
    ask(() => windows.show(readLink(address) ?? undefined));
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    ask(() => void offer([path]));
  });
  await app.whenReady();
  try {
    await parts.unchanged();
  } catch (error) {
    dialog.showErrorBox('Stageflow cannot start', asStageflowError(error).message);
    return app.quit();
  }

  // The engine.
  const file = openLogFile(app.getPath('logs'));
  const log = createLog('info', (line) => file.write(`${line}\n`)).child({ process: 'main' });
  const keeper = keepHost(hostSpawner(electron, parts.host, file.write), clock);
  const onReady = (then: () => void) => void keeper.onState(({ phase }) => void (phase === 'ready' && then()));
  const settings = await openSettings({
    fetch: keeper.fetch,
    onReady,
    clock,
    patienceMs: SETTINGS_PATIENCE_MS,
    onRead: ({ keepCrashDumps }) => {
      // Only where a person wants it, and never sent.
      if (keepCrashDumps) crashReporter.start({ uploadToServer: false });
    },
  });

  const places = openPlaces(electron, { fetch: keeper.fetch, onReady, clock, log });
  const { servers, sync, links, passage } = places;
  const machine = openMachine(parts.programs, process.platform);

  // The window.
  const [preload, trayThere] = await Promise.all([parts.preload(), parts.hasTray()]);
  const offers = openOffers();
  const openOutside = outsideOpener(electron);
  protocol.handle(WINDOW_SCHEME.scheme, answerWindow(keeper, offers, passage));
  guardSession(session.defaultSession);
  app.on('web-contents-created', (_event, contents) => guardContents(contents, openOutside));
  const tell = <K extends keyof Told>(window: BrowserWindow, name: K, told: Told[K]) =>
    window.webContents.send(CHANNEL + name, told);
  const windows = keepWindow({
    BrowserWindow,
    preload,
    place: () =>
      visiblePlace(
        settings.now.place,
        screen.getAllDisplays().map(({ workArea }) => workArea),
      ),
    onMade: (window) => {
      closeToTray(window, { dialog, settings, hasTray: () => tray !== null, isLeaving: () => leaving.mayEnd });
      window.on('close', () => {
        if (keeper.state.phase !== 'ready') return;
        const place = { ...window.getNormalBounds(), maximized: window.isMaximized() };
        void settings.change({ place }).catch(() => {});
      });
    },
    go: (window, path) => tell(window, 'go', { path }),
  });

  // What a person hands over.
  const offered = (list: readonly Offer[]) => list.map(({ name, key }) => ({ name, address: offerAddress(key) }));
  const hand = (list: readonly Offer[]) => {
    windows.show();
    windows.whenListening((window) => tell(window, 'offered', { offers: offered(list) }));
  };
  const offer = async (paths: readonly string[]) => {
    try {
      hand(await offers.take(paths));
    } catch (error) {
      dialog.showErrorBox('This cannot be scanned', asStageflowError(error).message);
    }
  };
  const choose = async (kind: 'archive' | 'folder') => {
    const { filePaths } = await dialog.showOpenDialog({
      title: kind === 'folder' ? 'Choose the folder of a built site' : 'Choose a ZIP of a built site',
      properties: kind === 'folder' ? ['openDirectory'] : ['openFile'],
      ...(kind === 'folder' ? {} : { filters: [{ name: 'ZIP archives', extensions: ['zip'] }] }),
    });
    return filePaths.length === 0 ? [] : await offers.take(filePaths);
  };
  const obey = async (words: readonly string[], folder: string) => {
    const { screens, paths } = readArguments(words);
    windows.show(screens[0]);
    if (paths.length > 0) await offer(paths.map((path) => resolve(folder, path)));
  };

  // What main alone can do for the window.
  const word = () => ({
    phase: keeper.state.phase,
    reason: keeper.state.phase === 'ready' ? null : awayWords(keeper.state).text,
  });
  let hasServers = false;
  const seen = (known: KnownServer[]) => {
    hasServers = known.length > 0;
    showState();
    return known;
  };
  const showLogs = () => void shell.openPath(file.folder);
  serveCalls(
    ipcMain,
    ({ sender, senderFrame }) =>
      senderFrame !== null &&
      sender === windows.current?.webContents &&
      senderFrame.parent === null &&
      isOwnAddress(senderFrame.url),
    {
      'window.listens': async () => {
        windows.listens();
        return null;
      },
      'files.take': async ({ paths }) => offered(await offers.take(paths)),
      'files.choose': async ({ kind }) => offered(await choose(kind)),
      'settings.read': async () => settings.now,
      'settings.change': async (patch) => {
        const next = await settings.change(patch);
        app.setLoginItemSettings({ openAtLogin: next.openAtLogin });
        return next;
      },
      ...placeCalls(places, seen),
      'machine.read': () => machine.read(),
      'machine.mend': ({ act }) => machine.mend(act),
      'engine.read': async () => word(),
      'engine.again': async () => {
        keeper.again();
        return word();
      },
      'logs.show': async () => {
        showLogs();
        return null;
      },
      'about.read': async () => ({
        version: app.getVersion(),
        platform: process.platform,
        hasTray: tray !== null,
        updates: parts.updater !== null,
      }),
    },
  );

  // Tray, menu, notifications.
  let jobs: readonly JobLine[] | null = null;
  let note: string | null = null;
  let hindrance: Hindrance | null = null;
  const quit = () => void leaving.begin();
  const forEach = async (act: 'pause' | 'resume', chosen: (job: JobLine) => boolean) => {
    for (const { id } of (jobs ?? []).filter((job) => !isOver(job) && chosen(job))) {
      const request = new Request(`http://localhost/api/v1/jobs/${id}/${act}`, { method: 'POST' });
      try {
        await (await keeper.fetch(request)).body?.cancel();
      } catch (error) {
        log.warn('a scan could not be told', { id, act, error });
      }
    }
  };
  const handClipboard = async () => hand([offers.text('clipboard.txt', await clipboard.readText())]);
  const copyLink = async (jobId: string) => {
    const path = `/scan/${jobId}/report`;
    try {
      const { url } = await links.makeAnyhow(jobId);
      await clipboard.writeText(url);
      notify({ title: 'The link is in the clipboard', body: 'Whoever has it can open the report for 7 days.', path });
    } catch (error) {
      notify({ title: 'No link could be made', body: asStageflowError(error).message, path });
    }
  };
  const act = (chosen: TrayAct) => {
    if (chosen.do === 'show') windows.show(chosen.path ?? undefined);
    if (chosen.do === 'clipboard') void handClipboard();
    if (chosen.do === 'link') void copyLink(chosen.jobId);
    if (chosen.do === 'pause-all') void forEach('pause', ({ paused }) => !paused);
    if (chosen.do === 'resume-all') void forEach('resume', ({ paused }) => paused);
    if (chosen.do === 'update') {
      updates.choose();
      quit();
    }
    if (chosen.do === 'again') keeper.again();
    if (chosen.do === 'logs') showLogs();
    if (chosen.do === 'quit') quit();
  };
  const tray = trayThere ? openTray(electron, act, (paths) => void offer(paths)) : null;
  const showState = () => {
    const named = (id: string) =>
      nameOf((jobs ?? []).find((job) => job.id === id) ?? { label: null, source: 'a report' });
    const away = {
      word: uploadWord(sync.now, named),
      canLink: sync.now.target?.canLink === true || hasServers,
      update: updates.offered,
    };
    const model = trayModel(keeper.state, jobs ?? [], note, hindrance, away);
    tray?.show(model);
    windows.current?.setProgressBar(model.progress);
  };
  const menu = menuTemplate(process.platform, {
    show: windows.show,
    choose: (kind) => void choose(kind).then((list) => list.length > 0 && hand(list)),
    logs: showLogs,
    quit,
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
  const notify = openNotifier(electron, (path) => windows.show(path));
  keeper.onState(({ phase }) => {
    if (phase === 'ready') note = null;
    log.info('the engine is', { phase });
    showState();
  });
  keeper.onSaid((line) => {
    note = line;
    log.info(line);
    showState();
  });
  const open = () => (jobs ?? []).filter((job) => !isOver(job));
  const updates = openUpdates({
    updater: parts.updater,
    clock,
    log,
    isWanted: () => settings.now.updateAutomatically,
    jobs: () => ({ running: open().filter(({ paused }) => !paused).length, open: open().length }),
    onChange: () => showState(),
  });
  machine.onChange((now) => {
    if (windows.listening !== null) tell(windows.listening, 'machine', now);
  });
  sync.onChange((now) => {
    if (windows.listening !== null) tell(windows.listening, 'sync', now);
    showState();
  });
  onReady(() => void servers.list().then(seen, () => {}));
  const stop = new AbortController();
  void watchJobs({
    fetch: keeper.fetch,
    clock,
    log,
    stop: stop.signal,
    look: (now) => {
      for (const job of endedSince(jobs, now)) {
        const news = newsOf(job, settings.now);
        if (news !== null) notify(news);
        if (job.state === 'DONE' && settings.now.uploadAutomatically && sync.now.target !== null)
          void sync.send(job.id, NOTHING_MORE).catch((error) => log.warn('a report was not lined up', { error }));
      }
      jobs = now;
      note = null;
      showState();
      leaving.jobsChanged();
      updates.jobsChanged();
    },
  });

  let isFirstLook = true;
  void watchMachine({
    fetch: keeper.fetch,
    clock,
    stop: stop.signal,
    found: (found) => {
      hindrance = found;
      // Whoever starts the app on a computer that cannot scan is led to what is missing, once.
      if (isFirstLook && found !== null) windows.show('/doctor');
      isFirstLook = false;
      showState();
    },
  });

  // The end.
  const leaving = openLeaving({
    dialog,
    keeper: {
      get state() {
        return keeper.state;
      },
      leave: async (graceSeconds) => {
        await sync.stop();
        await keeper.leave(graceSeconds);
      },
    },
    running: () => (jobs ?? []).filter((job) => !isOver(job) && !job.paused).length,
    closeWindows: () => windows.current?.hide(),
    end: () => {
      stop.abort();
      updates.stop();
      tray?.remove();
      if (!updates.takeOver()) app.quit();
    },
  });
  app.on('before-quit', (event) => {
    if (leaving.mayEnd) return;
    event.preventDefault();
    quit();
  });
  app.on('window-all-closed', () => {
    // Closed to the tray, a window is hidden and not closed. On a Mac an app outlives its windows.
    if (process.platform !== 'darwin') quit();
  });
  app.on('activate', () => windows.show());
  powerMonitor.on('shutdown', () => leaving.begin(true));
  parts.whenTold(() => void leaving.begin(true));

  showState();
  await obey(argv, process.cwd());
  ask = (what) => what();
  for (const what of early.splice(0)) what();
}
