import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { JobLine } from '../jobs/line.ts';
import type { HostState } from '../keeper/decide.ts';
import { iconOf } from './icon.ts';
import { type IconShape, type TrayEntry, trayModel } from './model.ts';

const READY: HostState = { phase: 'ready', tries: 0, since: 0, borrowed: false };
let last = 0;
const job = (more: Partial<JobLine> = {}): JobLine => ({
  id: `job${String((last += 1)).padStart(3, '0')}`,
  state: 'SCANNING',
  source: 'shop.zip',
  label: null,
  progress: { cellsDone: 14, cellsKnown: 40, pagesDone: 3, pagesKnown: 10 },
  totals: { critical: 0, serious: 0, moderate: 0, minor: 0 },
  verdict: null,
  failure: null,
  paused: false,
  waiting: false,
  ...more,
});
const done = (more: Partial<JobLine> = {}) => job({ state: 'DONE', verdict: 'complete', ...more });
const labels = (entries: readonly TrayEntry[]) =>
  entries.flatMap((entry) => (entry.kind === 'line' ? [] : [entry.label]));
const actOf = (entries: readonly TrayEntry[], label: string) =>
  entries.find((entry) => entry.kind === 'act' && entry.label === label);

describe('the tray', () => {
  it('is idle when nothing runs', () => {
    const model = trayModel(READY, [done()], null);
    expect(model).toMatchObject({ shape: 'idle', status: 'Nothing is being scanned', progress: -1 });
    expect(labels(model.entries)).toContain('New scan from the clipboard');
    expect(labels(model.entries)).not.toContain('Pause all scans');
  });

  it('says how far a scan is, and how far all are together', () => {
    const one = trayModel(READY, [job()], null);
    expect(one).toMatchObject({ shape: 'busy', status: 'Scanning shop.zip, 14/40', progress: 0.35 });
    const two = trayModel(
      READY,
      [job(), job({ progress: { cellsDone: 6, cellsKnown: 10, pagesDone: 0, pagesKnown: 0 } })],
      null,
    );
    expect(two).toMatchObject({ status: '2 scans are running', progress: 0.4 });
    const none = job({ progress: { cellsDone: 0, cellsKnown: 0, pagesDone: 0, pagesKnown: 0 } });
    expect(trayModel(READY, [none], null)).toMatchObject({ status: 'Scanning shop.zip, starting', progress: 2 });
  });

  it('leads to running scans and to the last five reports, by what a person calls them', () => {
    const reports = Array.from({ length: 7 }, (_, index) => done({ source: `site${index}.zip` }));
    const running = job({ label: 'Release 7' });
    const { entries } = trayModel(READY, [running, ...reports], null);
    expect(actOf(entries, 'Release 7, 14/40')).toMatchObject({ act: { do: 'show', path: `/scan/${running.id}` } });
    expect(labels(entries).filter((label) => label.startsWith('site'))).toEqual(
      [0, 1, 2, 3, 4].map((n) => `site${n}.zip`),
    );
    expect(actOf(entries, 'site0.zip')).toMatchObject({ act: { path: `/scan/${reports[0]?.id}/report` } });
    const long = done({ source: 'x'.repeat(200) });
    expect(labels(trayModel(READY, [long], null).entries).every((label) => label.length <= 40)).toBe(true);
  });

  it('needs somebody when scans are paused, and offers to go on', () => {
    const model = trayModel(READY, [job({ paused: true })], null);
    expect(model).toMatchObject({ shape: 'needs-you', status: 'One scan is paused', progress: -1 });
    expect(labels(model.entries)).toEqual(expect.arrayContaining(['Go on with paused scans', 'shop.zip, paused']));
  });

  it('says that the engine does not start, and offers another try', () => {
    const model = trayModel({ phase: 'failed', code: 'nats_missing', reason: 'No queue.' }, [job()], null);
    expect(model).toMatchObject({ shape: 'error', progress: -1 });
    expect(actOf(model.entries, 'Start the engine again')).toMatchObject({ act: { do: 'again' } });
  });

  it('needs somebody on a computer that cannot scan, and leads to what is missing', () => {
    const model = trayModel(READY, [], null, { part: 'Podman', detail: 'It was not found.' });
    expect(model).toMatchObject({ shape: 'needs-you', status: 'This computer cannot scan yet: Podman' });
    expect(actOf(model.entries, 'Show what is missing')).toMatchObject({ act: { do: 'show', path: '/doctor' } });
  });

  it('says what is being built', () => {
    expect(trayModel(READY, [], 'building the scanner image').status).toBe('building the scanner image');
  });

  it('always lets a person quit, whatever happens', () => {
    for (const phase of ['starting', 'leaving', 'left'] as const)
      expect(labels(trayModel({ phase, tries: 0 }, [], null).entries).at(-1)).toBe('Quit');
  });
});

describe('the icon', () => {
  const SHAPES: readonly IconShape[] = ['idle', 'busy', 'needs-you', 'error'];
  /** Opacity of every pixel. */
  function inked(shape: IconShape): number[] {
    const png = iconOf(shape);
    const at = png.indexOf('IDAT');
    const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
    return Array.from({ length: 32 * 32 }, (_, n) => rows[Math.floor(n / 32) * 65 + 2 + (n % 32) * 2] ?? 0);
  }

  it('is a picture of 32 by 32', () => {
    const png = iconOf('idle');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([32, 32]);
  });

  it('differs by its shape, not by colour: each has ink where each other has none', () => {
    for (const one of SHAPES)
      for (const other of SHAPES.filter((shape) => shape !== one)) {
        const [a, b] = [inked(one), inked(other)];
        expect(a.filter((ink, n) => Math.abs(ink - (b[n] ?? 0)) > 128).length, `${one} and ${other}`).toBeGreaterThan(
          40,
        );
      }
  });
});
