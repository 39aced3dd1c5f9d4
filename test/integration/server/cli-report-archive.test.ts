import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactKeys, type ArtifactStore, FileStore } from '../../../engine/artifact/index.ts';
import { nextState } from '../../../engine/fsm/index.ts';
import { newJobId, systemClock } from '../../../engine/kernel/index.ts';
import { type Ledger, openLedger } from '../../../engine/ledger/index.ts';
import { renderJson } from '../../../engine/report/index.ts';
import { type Listener, listen } from '../../../server/listen/listen.ts';
import { specOf } from '../../conformance/events.ts';
import { cli } from '../../e2e/cli.ts';
import { startTestServer, type TestServer } from './harness.ts';
import { reportOf } from './shared-job.ts';

let server: TestServer;
let listener: Listener;
let home: string;
beforeAll(async () => {
  server = await startTestServer();
  const { config, log } = server.services;
  listener = await listen({ app: server.app, config: { ...config, port: 0 }, clock: systemClock, log });
  home = mkdtempSync(join(tmpdir(), 'archive-'));
});
afterAll(async () => {
  await listener.close(0);
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

/** Stores a job whose picture is said to be of this size; its id. */
async function store(ledger: Ledger, objects: ArtifactStore, pictureBytes: number): Promise<string> {
  const id = newJobId();
  ledger.receive(ledger.createJob({ id, spec: specOf('urls'), parent: null, owner: 'team' }));
  const report = reportOf(id);
  const artifacts = report.artifacts.map((one) => (one.kind === 'crop' ? { ...one, size: pictureBytes } : one));
  const put = (key: string, text: string) => objects.put('scanner-artifacts', key, Buffer.from(text));
  for (const { key, kind } of artifacts) if (kind === 'crop') await put(key, 'the picture');
  await put(artifactKeys.reportJson(id), renderJson({ ...report, artifacts }));
  await put(artifactKeys.reportHtml(id), '<!doctype html>');
  return id;
}

describe('report -f html', () => {
  it('gives an archive beside the page when one file cannot hold its pictures, of a job here and of one on a server', async () => {
    const ledger = openLedger({ path: join(home, 'ledger.db'), clock: systemClock, nextState });
    const objects = new FileStore(join(home, 'store'));
    await objects.prepare();
    const here = await store(ledger, objects, 12e6);
    const small = await store(ledger, objects, 1e6);
    ledger.close();
    const there = await store(server.ledger, server.engine.store, 12e6);
    const env = { STAGEFLOW_TOKEN: server.token(['read']) };
    const written = async (...args: string[]) => {
      const { code, stdout, stderr } = await cli(['report', ...args, '-f', 'html', '-o', join(home, 'out')], {
        home,
        env,
      });
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/Open \S+report\.html\n$/);
      return stdout.split('\n').flatMap((line) => /^\S+\/(report\.\w+)$/.exec(line)?.[1] ?? []);
    };
    for (const args of [[here], [there, '--remote', `http://127.0.0.1:${listener.port}`]]) {
      expect(await written(...args)).toEqual(['report.html', 'report.zip']);
      const archive = readFileSync(join(home, 'out', 'report.zip'));
      expect([archive.subarray(0, 2).toString(), archive.includes('the picture')]).toEqual(['PK', true]);
    }
    expect(await written(small)).toEqual(['report.html']);
  });
});
