import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../engine/kernel/index.ts';
import { createHome, leftovers, site, startCli } from './cli.ts';
import { createSmallDisk } from './support/small-disk.ts';

const disk = createSmallDisk(64);

/** Seconds until `status` answers what is wanted; fails after `most`. */
async function secondsUntil(most: number, wanted: number, status: () => Promise<number>): Promise<number> {
  const begun = Date.now();
  for (;;) {
    if ((await status()) === wanted) return (Date.now() - begun) / 1000;
    if (Date.now() - begun > most * 1000) throw new Error(`no ${wanted} within ${most} s`);
    await systemClock.sleep(250);
  }
}

it.skipIf(disk === null)(
  'N9 a full disk of the queue: uploads are refused within ten seconds, and taken again within a minute of its end (needs root)',
  async () => {
    const home = createHome();
    symlinkSync(disk?.path ?? '', join(home.path, 'nats'));
    const run = startCli(['server'], {
      home: home.path,
      env: { STAGEFLOW_PORT: '0', STAGEFLOW_REQUESTS_PER_MINUTE: '100000' },
    });
    try {
      const origin = /http:\/\/\S+/.exec(await run.line(/^Stageflow listens on /))?.[0] ?? '';
      const token = (await run.line(/\/signin#sf_/)).split('#')[1] ?? '';
      const upload = () =>
        fetch(`${origin}/api/v1/jobs/zip?filename=shop.zip`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/zip',
            'x-stageflow-options': JSON.stringify({ modules: ['seo'] }),
          },
          body: readFileSync(site('shop.zip')),
        });
      const readiness = async () => (await fetch(`${origin}/readyz`)).status;
      disk?.fill();
      expect(await secondsUntil(10, 503, readiness)).toBeLessThanOrEqual(10);
      const refused = await upload();
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await refused.json()).toMatchObject({ code: 'not_ready' });
      expect((await fetch(`${origin}/livez`)).status).toBe(200);
      disk?.free();
      expect(await secondsUntil(60, 200, readiness)).toBeLessThanOrEqual(60);
      expect((await upload()).status).toBe(202);
    } finally {
      run.child.kill('SIGTERM');
      await run.done;
      expect(leftovers(home.path)).toEqual([]);
      home.dispose();
      disk?.dispose();
    }
  },
);
