import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iconOf } from '../../main/tray/icon.ts';
import { leftovers } from '../e2e/cli.ts';
import { launchBrowser } from '../integration/web/web.ts';
import { type RunningApp, startApp } from './app.ts';
import { arePicturesTaken, picture } from './pictures.ts';

const SOON = { timeout: 60_000 };

describe('the first start on a computer whose Podman is too old', () => {
  const bin = mkdtempSync(join(tmpdir(), 'old-podman-'));
  const { PATH } = process.env;
  let app: RunningApp;
  let browser: Browser | null = null;
  beforeAll(async () => {
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'podman'), '#!/bin/sh\necho podman version 3.4.4\n');
    chmodSync(join(bin, 'podman'), 0o755);
    process.env['PATH'] = `${bin}:${PATH}`;
    if (arePicturesTaken) browser = await launchBrowser();
    app = await startApp(browser);
    await app.ready();
  });
  afterAll(async () => {
    await browser?.close();
    process.env['PATH'] = PATH;
    app.world.dispose();
    rmSync(bin, { recursive: true, force: true });
  });

  it('leads to what is missing, and the tray says so by its shape and in words', async () => {
    const [tray] = app.world.trays;
    await expect.poll(() => tray?.tooltip, SOON).toBe('Stageflow: This computer cannot scan yet: Podman');
    expect(tray?.image.equals(iconOf('needs-you'))).toBe(true);
    expect(app.window().state.addresses.at(-1)).toBe('stageflow-app://window/doctor');
    const { checks } = (await (await app.ask('/api/v1/doctor')).json()) as { checks: { id: string; detail: string }[] };
    expect(checks.find(({ id }) => id === 'podman')?.detail).toContain('3.4.4 is too old');
  });

  it('shows the way to a Podman that scans, entered where this computer is', async () => {
    expect(await app.call('machine.read', {})).toMatchObject({
      ok: true,
      answer: {
        steps: [{ id: 'podman', state: 'now', detail: 'Podman 3.4.4 is too old; 4.3 or newer is needed.' }],
        doing: null,
      },
    });
    if (browser !== null) {
      const page = await app.page();
      await page.getByRole('heading', { name: 'The way to the first scan' }).waitFor(SOON);
      await picture(page, '1-first-run-without-podman');
    }
    expect(await app.call('machine.mend', { act: 'start' })).toMatchObject({ ok: false, code: 'machine_busy' });
  });

  it('takes no scan that it could not run, and says why', async () => {
    const answer = await app.ask('/api/v1/jobs/url', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"urls":["https://example.org/"]}',
    });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      code: 'not_ready',
      detail: expect.stringContaining('it can start no pods'),
    });
  });

  it('is quit like any other, and leaves nothing running', async () => {
    app.world.electron.app.quit();
    await app.world.ended.promise;
    expect(leftovers(app.home)).toEqual([]);
  });
});
