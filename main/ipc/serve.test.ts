import type { IpcMainInvokeEvent } from 'electron';
import { describe, expect, it } from 'vitest';
import { FIRST_SETTINGS } from '../settings/model.ts';
import { type CallName, CALLS, CHANNEL, type Outcome } from './contract.ts';
import { type CallHandlers, serveCalls } from './serve.ts';

const SYNC = { target: null, uploads: [] };
const ANSWERS: { readonly [K in CallName]: unknown } = {
  'window.listens': null,
  'files.take': [{ name: 'a.zip', address: '/desktop/offers/x' }],
  'files.choose': [],
  'settings.read': FIRST_SETTINGS,
  'settings.change': FIRST_SETTINGS,
  'servers.read': [],
  'servers.add': [{ name: 'team', url: 'https://scan.example.org' }],
  'servers.remove': [],
  'servers.send': { address: 'https://scan.example.org/scan/1/report' },
  'sync.read': SYNC,
  'sync.connect': SYNC,
  'sync.plan': [{ class: 'report', files: 3, bytes: 7 }],
  'sync.send': SYNC,
  'share.link': { url: 'https://scan.example.org/s/x', expiresAt: '2026-01-01T00:00:00.000Z' },
  'machine.read': { steps: [], doing: null, said: [] },
  'machine.mend': { steps: [], doing: 'init', said: ['Looking up Podman Machine image'] },
  'engine.read': { phase: 'ready', reason: null },
  'engine.again': { phase: 'starting', reason: 'it starts' },
  'logs.show': null,
  'about.read': { version: '0.1.0', platform: 'linux', hasTray: true, updates: false },
};
const GOOD: { readonly [K in CallName]: unknown } = {
  'window.listens': {},
  'files.take': { paths: ['/home/me/dist.zip'] },
  'files.choose': { kind: 'folder' },
  'settings.read': {},
  'settings.change': { closeToTray: true },
  'servers.read': {},
  'servers.add': { name: 'team', url: 'https://scan.example.org', token: 'sf_1' },
  'servers.remove': { name: 'team' },
  'servers.send': { jobId: '01k9x2v7q3m4n5p6r8s9t0w1y2', name: 'team' },
  'sync.read': {},
  'sync.connect': { target: null },
  'sync.plan': { jobId: '01k9x2v7q3m4n5p6r8s9t0w1y2' },
  'sync.send': {
    jobId: '01k9x2v7q3m4n5p6r8s9t0w1y2',
    include: { har: false, raw: true, traces: false, transcripts: false },
  },
  'share.link': { jobId: '01k9x2v7q3m4n5p6r8s9t0w1y2', by: 'team', days: 7 },
  'machine.read': {},
  'machine.mend': { act: 'init' },
  'engine.read': {},
  'engine.again': {},
  'logs.show': {},
  'about.read': {},
};
const NAMES = Object.keys(CALLS) as CallName[];
const ours = { isOurs: true } as unknown as IpcMainInvokeEvent;
const foreign = { isOurs: false } as unknown as IpcMainInvokeEvent;

/** The contract over handlers that note what reaches them. */
function served(answers: { readonly [K in CallName]: unknown } = ANSWERS) {
  const channels = new Map<string, (event: IpcMainInvokeEvent, ...inputs: unknown[]) => Promise<Outcome<unknown>>>();
  const reached: [CallName, unknown][] = [];
  const handlers = Object.fromEntries(
    NAMES.map((name) => [
      name,
      async (input: unknown) => {
        reached.push([name, input]);
        if (answers[name] instanceof Error) throw answers[name];
        return answers[name];
      },
    ]),
  ) as unknown as CallHandlers;
  serveCalls(
    { handle: (channel, handler) => void channels.set(channel, handler as never) },
    (event) => (event as unknown as { isOurs: boolean }).isOurs,
    handlers,
  );
  const call = (name: CallName, event: IpcMainInvokeEvent, ...inputs: unknown[]) =>
    channels.get(CHANNEL + name)?.(event, ...inputs);
  return { channels, reached, call };
}

describe('U7: the calls of the window', () => {
  it('are those of the contract and no others', () => {
    expect([...served().channels.keys()].toSorted()).toEqual(NAMES.map((name) => CHANNEL + name).toSorted());
    expect(NAMES.length).toBeLessThanOrEqual(20);
  });

  it.each(NAMES)('%s is answered to a window of ours', async (name) => {
    const { call, reached } = served();
    expect(await call(name, ours, GOOD[name])).toEqual({ ok: true, answer: ANSWERS[name] });
    expect(reached).toEqual([[name, GOOD[name]]]);
  });

  it.each(NAMES)('%s is refused to every other sender, and nothing is done', async (name) => {
    const { call, reached } = served();
    expect(await call(name, foreign, GOOD[name])).toMatchObject({ ok: false, code: 'foreign_origin' });
    expect(reached).toEqual([]);
  });

  it.each(NAMES)('%s is refused in every wrong shape, and nothing is done', async (name) => {
    const { call, reached } = served();
    const huge = 'x'.repeat(10 * 2 ** 20);
    const wrong: unknown[][] = [
      [],
      [GOOD[name], GOOD[name]],
      [null],
      [undefined],
      ['text'],
      [7],
      [[]],
      [{ ...(GOOD[name] as object), more: 1 }],
      [{ ...(GOOD[name] as object), ['__proto__x']: {} }],
      [{ more: huge }],
      [{ paths: [huge] }],
      [{ paths: Array.from({ length: 101 }, () => '/a') }],
      [{ kind: huge }],
      [{ place: { x: 0.5, y: 0, width: 1, height: 1, maximized: false } }],
      [new Uint8Array(10 * 2 ** 20)],
      [Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`k${n}`, n]))],
    ];
    for (const [row, inputs] of wrong.entries())
      expect(await call(name, ours, ...inputs), `row ${row}`).toMatchObject({
        ok: false,
        code: 'bad_request',
      });
    expect(reached).toEqual([]);
  });

  it('tell what went wrong as a code and a sentence, never as a stack', async () => {
    const { call } = served({ ...ANSWERS, 'logs.show': new Error('at /home/me/secret.ts:1') });
    const outcome = await call('logs.show', ours, {});
    expect(outcome).toMatchObject({ ok: false, code: 'internal' });
    expect(JSON.stringify(outcome)).not.toContain('    at ');
  });

  it('never give the window more than the contract says', async () => {
    const { call } = served({ ...ANSWERS, 'about.read': { ...(ANSWERS['about.read'] as object), token: 'secret' } });
    expect(await call('about.read', ours, {})).toMatchObject({ ok: false });
  });
});
