import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withObjectServers } from '../integration/store/object-server.ts';
import { createHome, leftovers, site, startCli } from './cli.ts';

await withObjectServers('the server with an S3 store', (start) => {
  it('keeps what a job made there, gives the report from there, and refuses a share key that can do too much', async () => {
    const store = await start();
    const home = createHome();
    const { settings } = store;
    const s3 = {
      STAGEFLOW_PORT: '0',
      STAGEFLOW_S3_ENDPOINT: settings.endpoint,
      STAGEFLOW_S3_REGION: settings.region,
      STAGEFLOW_S3_ACCESS_KEY: settings.accessKey,
      STAGEFLOW_S3_SECRET_KEY: settings.secretKey,
    };
    try {
      const wide = {
        STAGEFLOW_S3_SHARE_ACCESS_KEY: settings.upload.accessKey,
        STAGEFLOW_S3_SHARE_SECRET_KEY: settings.upload.secretKey,
      };
      const refused = await startCli(['server'], { home: home.path, env: { ...s3, ...wide } }).done;
      expect(refused.code, refused.stderr).toBe(2);
      expect(refused.stderr).toContain('this key can also');

      const narrow = {
        STAGEFLOW_S3_SHARE_ACCESS_KEY: settings.share.accessKey,
        STAGEFLOW_S3_SHARE_SECRET_KEY: settings.share.secretKey,
      };
      const run = startCli(['server'], { home: home.path, env: { ...s3, ...narrow } });
      try {
        const origin = /http:\/\/\S+/.exec(await run.line(/^Stageflow listens on /))?.[0] ?? '';
        // The run that was refused had printed no token.
        const authorization = `Bearer ${(await run.line(/\/signin#sf_/)).split('#')[1]}`;
        const options = JSON.stringify({ modules: ['seo'], maxPages: 2 });
        const accepted = await fetch(`${origin}/api/v1/jobs/zip?filename=shop.zip`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/zip', 'x-stageflow-options': options },
          body: readFileSync(site('shop.zip')),
        });
        const { id } = (await accepted.json()) as { id: string };
        const live = await fetch(`${origin}/api/v1/jobs/${id}/stream`, { headers: { authorization } });
        expect(await live.text()).toContain('event: end');
        const report = await fetch(`${origin}/api/v1/jobs/${id}/report`, { headers: { authorization } });
        expect(report.status).toBe(200);
        expect(((await report.json()) as { job: { id: string } }).job.id).toBe(id);
        const stored = await store.client.statObject('scanner-artifacts', `${id}/report.json`);
        expect(stored.size).toBeGreaterThan(1000);
      } finally {
        run.child.kill('SIGTERM');
        expect((await run.done).code).toBe(0);
      }
      expect(leftovers(home.path)).toEqual([]);
    } finally {
      await store.stop();
      home.dispose();
    }
  });
});
