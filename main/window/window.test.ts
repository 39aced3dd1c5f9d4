import { EventEmitter } from 'node:events';
import { StageflowError } from '@stageflow/engine/kernel';
import type { Session, WebContents } from 'electron';
import { describe, expect, it } from 'vitest';
import type { HostState } from '../keeper/decide.ts';
import { answerWindow } from './answer.ts';
import { awayPage } from './away-page.ts';
import { guardContents, guardSession, outsideAddress, outsideOpener } from './guards.ts';
import { windowOptions } from './open.ts';
import { isOwnAddress, WINDOW_ORIGIN, WINDOW_SCHEME } from './scheme.ts';

const FOREIGN = [
  'https://example.org/',
  'http://127.0.0.1:7070/',
  'file:///etc/passwd',
  'stageflow-app://other/',
  'stageflow-app://me@window/',
  'stageflow-app://me:pw@window/',
  'stageflow-app://window.evil.example/',
  'stageflow-apps://window/',
  'stageflow://window/',
  'javascript:alert(1)',
  'data:text/html,x',
  'blob:https://example.org/1',
  'about:blank',
  'not an address',
  '',
];

describe('U6: the window', () => {
  it('has a page without Node, isolated and in a sandbox', () => {
    const { webPreferences, show } = windowOptions('/preload.cjs', null);
    expect(webPreferences).toEqual({
      preload: '/preload.cjs',
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
    });
    expect(show).toBe(false);
  });

  it('opens where it was', () => {
    const place = { x: 5, y: 6, width: 700, height: 500, maximized: false };
    expect(windowOptions('/p', place)).toMatchObject({ x: 5, y: 6, width: 700, height: 500 });
  });

  it('has a scheme of its own with an origin, and that scheme does not pass by its policy', () => {
    expect(WINDOW_SCHEME.privileges).toMatchObject({ standard: true, secure: true });
    expect(WINDOW_SCHEME.privileges).not.toHaveProperty('bypassCSP');
    expect(WINDOW_SCHEME.privileges).not.toHaveProperty('corsEnabled');
  });

  it('knows its own addresses from all others', () => {
    for (const address of [`${WINDOW_ORIGIN}/`, `${WINDOW_ORIGIN}/scan/1?a=b#c`])
      expect(isOwnAddress(address)).toBe(true);
    for (const address of FOREIGN) expect(isOwnAddress(address), address).toBe(false);
  });
});

describe('U6: what a page may not do', () => {
  function guarded() {
    const handlers: { open?: (details: { url: string }) => { action: string } } = {};
    const opened: string[] = [];
    const contents = Object.assign(new EventEmitter(), {
      setWindowOpenHandler: (handler: (details: { url: string }) => { action: string }) => {
        handlers.open = handler;
      },
    });
    guardContents(contents as unknown as WebContents, (address) => opened.push(address));
    /** Whether an event of a name was prevented. */
    const prevented = (name: string, url: string) => {
      let stopped = false;
      contents.emit(name, { url, preventDefault: () => (stopped = true) });
      return stopped;
    };
    return { prevented, open: (url: string) => handlers.open?.({ url }).action, opened };
  }

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('leave its origin (%s)', (name) => {
    const { prevented } = guarded();
    for (const address of FOREIGN) expect(prevented(name, address), address).toBe(true);
    expect(prevented(name, `${WINDOW_ORIGIN}/doctor`)).toBe(false);
  });

  it('embed other contents', () => {
    expect(guarded().prevented('will-attach-webview', `${WINDOW_ORIGIN}/`)).toBe(true);
  });

  it('open a window; a link to the web is handed on to be asked about, anything else goes nowhere', () => {
    const { open, opened } = guarded();
    for (const address of [...FOREIGN, `${WINDOW_ORIGIN}/`, 'https://me:pw@example.org/', 'smb://server/share'])
      expect(open(address), address).toBe('deny');
    expect(opened).toEqual(['https://example.org/', 'http://127.0.0.1:7070/']);
    expect(outsideAddress('ms-msdt:/id')).toBeNull();
  });

  it('open a link in the browser without the person, or ask twice at once', async () => {
    const asked: string[] = [];
    const went: string[] = [];
    let answer: (response: number) => void = () => {};
    const open = outsideOpener({
      dialog: {
        showMessageBox: ({ detail }: { detail: string }) => {
          asked.push(detail);
          return new Promise((resolve) => {
            answer = (response) => resolve({ response, checkboxChecked: false });
          });
        },
      },
      shell: { openExternal: async (address: string) => void went.push(address) },
    } as never);
    open('https://one.example/');
    open('https://two.example/');
    answer(1);
    await new Promise(setImmediate);
    open('https://three.example/');
    answer(0);
    await new Promise(setImmediate);
    expect(asked).toEqual(['https://one.example/', 'https://three.example/']);
    expect(went).toEqual(['https://three.example/']);
  });

  it('have any permission but to fill the clipboard, any device, any screen, or a download of somebody else', () => {
    const set: Record<string, (...given: never[]) => unknown> = {};
    const session = Object.assign(new EventEmitter(), {
      setPermissionRequestHandler: (handler: never) => (set['request'] = handler),
      setPermissionCheckHandler: (handler: never) => (set['check'] = handler),
      setDevicePermissionHandler: (handler: never) => (set['device'] = handler),
      setDisplayMediaRequestHandler: (handler: never) => (set['display'] = handler),
    });
    guardSession(session as unknown as Session);
    const granted = (permission: string, requestingUrl: string, isMainFrame = true) => {
      let answer: unknown;
      const grant = (yes: boolean) => (answer = yes);
      set['request']?.(...([null, permission, grant, { requestingUrl, isMainFrame }] as never[]));
      expect(set['check']?.(...([null, permission, requestingUrl] as never[]))).toBe(isMainFrame ? answer : true);
      return answer;
    };
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'openExternal',
      'fileSystem',
      'hid',
    ])
      expect(granted(permission, `${WINDOW_ORIGIN}/`), permission).toBe(false);
    expect(granted('clipboard-sanitized-write', `${WINDOW_ORIGIN}/`)).toBe(true);
    expect(granted('clipboard-sanitized-write', `${WINDOW_ORIGIN}/`, false)).toBe(false);
    expect(granted('clipboard-sanitized-write', 'https://example.org/')).toBe(false);
    expect(set['device']?.()).toBe(false);
    let shared: unknown = 'nothing said';
    set['display']?.(...([{}, (streams: unknown) => (shared = streams)] as never[]));
    expect(shared).toBeNull();
    const stopped = (address: string) => {
      let prevented = false;
      session.emit('will-download', { preventDefault: () => (prevented = true) }, { getURL: () => address });
      return prevented;
    };
    for (const address of FOREIGN) expect(stopped(address), address).toBe(true);
    expect(stopped(`${WINDOW_ORIGIN}/api/v1/jobs/1/report`)).toBe(false);
    expect(stopped(`blob:${WINDOW_ORIGIN}/1`)).toBe(false);
  });
});

describe("the window's addresses", () => {
  function answering(state: HostState = { phase: 'ready', tries: 0, since: 0, borrowed: false }) {
    const asked: Request[] = [];
    let again = 0;
    const answer = answerWindow(
      {
        state,
        again: () => (again += 1),
        fetch: async (request) => {
          asked.push(request);
          if (state.phase !== 'ready') throw new StageflowError('engine_away');
          return new Response(`answer to ${new URL(request.url).pathname}`);
        },
      },
      { open: (key) => new Response(`file ${key}`) },
      async (_request, server, path) => new Response(`${server} for ${path}`),
    );
    return { answer, asked, agains: () => again };
  }
  const page = { headers: { accept: 'text/html,*/*' } };

  it('are answered by the app, with the headers that every answer bears', async () => {
    const { answer, asked } = answering();
    const response = await answer(
      new Request(`${WINDOW_ORIGIN}/api/v1/jobs`, {
        headers: { 'accept-encoding': 'br', cookie: 'a=b', authorization: 'Bearer x', 'last-event-id': '7' },
      }),
    );
    expect(await response.text()).toBe('answer to /api/v1/jobs');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    // Nothing undoes a compression on the way, and who the caller is does not come from the page.
    expect([...(asked[0]?.headers.keys() ?? [])]).toEqual(['last-event-id']);
  });

  it('lead to no other host, and not to what only main may ask', async () => {
    const { answer, asked } = answering();
    for (const address of [
      'stageflow-app://other/api/v1/jobs',
      `${WINDOW_ORIGIN}/local/v1/jobs`,
      `${WINDOW_ORIGIN}/local/v1`,
      `${WINDOW_ORIGIN}/x/../local/v1/desktop`,
      `${WINDOW_ORIGIN}/%2e%2e/local/v1/desktop`,
      `${WINDOW_ORIGIN}/on/team/local/v1/desktop/servers`,
    ])
      expect((await answer(new Request(address))).status, address).toBe(404);
    expect(asked).toEqual([]);
  });

  it('under the name of a server show the same screens, over the API of that server', async () => {
    const { answer, asked } = answering();
    const text = async (path: string, init?: RequestInit) =>
      (await answer(new Request(WINDOW_ORIGIN + path, init))).text();
    expect(await text('/on/team/api/v1/jobs?limit=5')).toBe('team for /api/v1/jobs');
    expect(await text('/on/team/readyz')).toBe('team for /readyz');
    expect(await text('/on/team/anything', { method: 'POST' })).toBe('team for /anything');
    expect(asked).toEqual([]);
    expect(await text('/on/team/scan/1/report')).toBe('answer to /scan/1/report');
    expect(await text('/on/team')).toBe('answer to /');
    expect(await text('/on/NO/api/v1/jobs')).toBe('answer to /on/NO/api/v1/jobs');
  });

  it('give a file that was handed over', async () => {
    const { answer } = answering();
    expect(await (await answer(new Request(`${WINDOW_ORIGIN}/desktop/offers/abc`))).text()).toBe('file abc');
  });

  it('say that the engine is away: in words to a person, as a problem to the app', async () => {
    const { answer } = answering({ phase: 'starting', tries: 0 });
    const words = await answer(new Request(`${WINDOW_ORIGIN}/`, page));
    expect([words.status, await words.text()]).toEqual([503, expect.stringContaining('The engine is starting')]);
    const problem = await answer(new Request(`${WINDOW_ORIGIN}/api/v1/jobs`));
    expect(await problem.json()).toMatchObject({ code: 'engine_away', status: 503 });
  });

  it('offer another start where the engine gave up, and make it', async () => {
    const { answer, agains } = answering({ phase: 'failed', code: 'nats_missing', reason: 'No <queue>.' });
    const text = await (await answer(new Request(`${WINDOW_ORIGIN}/`, page))).text();
    expect(text).toContain('No &lt;queue&gt;.');
    expect(text).not.toContain('http-equiv="refresh"');
    const action = /action="([^"]+)"/.exec(text)?.[1];
    await answer(new Request(`${WINDOW_ORIGIN}${action}`));
    expect(agains()).toBe(0);
    await answer(new Request(`${WINDOW_ORIGIN}${action}`, { method: 'POST' }));
    expect(agains()).toBe(1);
  });

  it('have a page for every state that runs nothing', () => {
    for (const phase of ['starting', 'leaving', 'left'] as const) {
      const policy = awayPage({ phase, tries: 0 }).headers.get('content-security-policy');
      expect(policy).toMatch(/^default-src 'none'/);
    }
  });
});
