import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { nextState } from '../../engine/fsm/index.ts';
import { systemClock, type Clock } from '../../engine/kernel/index.ts';
import { assertSafeRuntime, type Ledger, openLedger } from '../../engine/ledger/index.ts';
import { withFileHeld, withRawFile } from '../../engine/ledger/test/raw-file.ts';
import { drafts, goodScan, specOf } from './events.ts';
import { ledgerSuite, refusal } from './ledger-suite.ts';

const opened: Ledger[] = [];
const folders: string[] = [];

afterEach(() => {
  for (const ledger of opened.splice(0)) ledger.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stageflow-ledger-'));
  folders.push(folder);
  return join(folder, 'ledger.db');
}

function open(path: string): { ledger: Ledger; tick(): void } {
  let now = 1_000;
  const clock: Clock = { ...systemClock, now: () => now };
  const ledger = openLedger({ path, clock, nextState });
  opened.push(ledger);
  return {
    ledger,
    tick: () => {
      now += 1_000;
    },
  };
}

ledgerSuite('memory', () => open(':memory:'));
ledgerSuite('file', () => open(newPath()));

describe('file ledger', () => {
  it('finds everything again when it is opened anew', () => {
    const path = newPath();
    const first = open(path).ledger;
    const created = first.createJob({ id: 'j1', spec: specOf('urls'), parent: null });
    first.receive(created);
    first.append('j1', 1, goodScan(3));
    const [events, job, pages] = [first.events('j1'), first.job('j1'), first.pages('j1')];
    first.close();
    opened.splice(0);
    const second = open(path).ledger;
    expect(second.events('j1')).toEqual(events);
    expect(second.job('j1')).toEqual(job);
    expect(second.pages('j1')).toEqual(pages);
    expect(second.outbox(1000)).toEqual(events);
  });

  it('has on disk what was appended, and what went along at the latest a moment later', async () => {
    const path = newPath();
    const { ledger } = open(path);
    const onDisk = () =>
      withRawFile(path, (file) => ({
        events: file.prepare('SELECT count(*) FROM events').pluck().get(),
        outbox: file.prepare('SELECT count(*) FROM outbox').pluck().get(),
      }));
    const created = ledger.createJob({ id: 'j1', spec: specOf('urls'), parent: null });
    ledger.receive(created);
    ledger.markPublished([created.id]);
    expect(onDisk()).toEqual({ events: 1, outbox: 1 });
    expect(ledger.outbox(10)).toEqual([]);
    await ledger.appendTogether('j1', 1, [drafts.discovered(0)]);
    expect(onDisk()).toEqual({ events: 2, outbox: 1 });
    ledger.markPublished(ledger.outbox(10).map(({ id }) => id));
    await expect.poll(onDisk).toEqual({ events: 2, outbox: 0 });
  });

  it('loses nothing that went along when it is closed', () => {
    const path = newPath();
    const { ledger } = open(path);
    ledger.markPublished([ledger.createJob({ id: 'j1', spec: specOf('urls'), parent: null }).id]);
    ledger.close();
    opened.splice(0);
    expect(open(path).ledger.outbox(10)).toEqual([]);
  });

  it('refuses all that came together when the disk refuses, and goes on when there is room', async () => {
    const path = newPath();
    const { ledger } = open(path);
    ledger.receive(ledger.createJob({ id: 'j1', spec: specOf('urls'), parent: null }));
    // Another writer stands for the disk: neither lets a transaction begin.
    const ended = await withFileHeld(path, () =>
      Promise.allSettled([
        ledger.appendTogether('j1', 1, [drafts.discovered(0)]),
        ledger.appendTogether('j1', 1, [drafts.discovered(1)]),
      ]),
    );
    expect(ended).toMatchObject([{ reason: { code: 'ledger_failed' } }, { reason: { code: 'ledger_failed' } }]);
    expect(ledger.events('j1')).toHaveLength(1);
    expect(await ledger.appendTogether('j1', 1, [drafts.discovered(0)])).toMatchObject([{ seq: 2 }]);
  });

  it('is readable by its owner alone, its WAL files too', () => {
    const path = newPath();
    open(path).ledger.createJob({ id: 'j1', spec: specOf('urls'), parent: null });
    const folder = join(path, '..');
    const files = readdirSync(folder);
    expect(files).toContain('ledger.db-wal');
    for (const file of files) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  });

  it('refuses a file that a newer program wrote, and leaves it as it is', () => {
    const path = newPath();
    open(path).ledger.close();
    opened.splice(0);
    withRawFile(path, (file) => file.pragma('user_version = 99'));
    expect(refusal(() => open(path))).toBe('ledger_too_new');
  });

  it('S9 refuses an SQLite before 3.51.3, and a Node on which the driver would end the process', () => {
    expect(refusal(() => assertSafeRuntime('24.11.0', '3.51.2'))).toBe('sqlite_too_old');
    expect(refusal(() => assertSafeRuntime('24.11.0', '3.40.1'))).toBe('sqlite_too_old');
    expect(refusal(() => assertSafeRuntime('20.18.1', null))).toBe('node_too_old');
    expect(() => assertSafeRuntime('24.11.0', '3.51.3')).not.toThrow();
    expect(() => assertSafeRuntime('24.11.0', '4.0.0')).not.toThrow();
  });

  it('keeps a write-ahead log, so that readers never block the writer', () => {
    const path = newPath();
    open(path);
    expect(withRawFile(path, (file) => file.pragma('journal_mode', { simple: true }))).toBe('wal');
  });

  it('says in a coded sentence that a file is no ledger', () => {
    const path = newPath();
    withRawFile(path, (file) => file.exec('CREATE TABLE jobs (id INTEGER)'));
    expect(refusal(() => open(path))).toBe('ledger_failed');
  });

  it('lists 10,000 pages and cells within a second', () => {
    const { ledger } = open(newPath());
    const created = ledger.createJob({ id: 'j1', spec: specOf('urls'), parent: null });
    ledger.receive(created);
    const all = Array.from({ length: 10_000 }, (_, n) => n);
    ledger.append(
      'j1',
      1,
      all.map((n) => drafts.discovered(n)),
    );
    ledger.append(
      'j1',
      1,
      all.map((n) => drafts.cell(`p${n.toString(16).padStart(16, '0')}`, 'axe')),
    );
    const began = performance.now();
    expect(ledger.pages('j1')).toHaveLength(10_000);
    expect(ledger.cells('j1')).toHaveLength(10_000);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
