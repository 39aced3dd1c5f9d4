import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../engine/kernel/index.ts';
import { type Listener, listen } from '../../../server/listen/listen.ts';
import { cli } from '../../e2e/cli.ts';
import { specOf } from '../../conformance/events.ts';
import { startTestServer, type TestServer } from './harness.ts';

let server: TestServer;
let listener: Listener;
let home: string;
let job: string;
let url: string;

beforeAll(async () => {
  server = await startTestServer();
  const { config, log } = server.services;
  listener = await listen({ app: server.app, config: { ...config, port: 0 }, clock: systemClock, log });
  url = `http://127.0.0.1:${listener.port}`;
  job = server.engine.submit({ spec: specOf('urls'), owner: 'team' });
  await server.engine.ended(job);
  home = mkdtempSync(join(tmpdir(), 'remote-'));
  writeFileSync(join(home, 'token'), `${server.token(['read', 'submit'])}\n`);
  const added = await cli(['remote', 'add', 'team', url, '--token-file', join(home, 'token')], { home });
  expect([added.code, added.stderr]).toEqual([0, '']);
  expect(added.stdout).toMatch(/^team is http:\/\/127.*as team \(read, submit\)/);
});
afterAll(async () => {
  await listener.close(0);
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

describe('a command with --remote', () => {
  it.each<[string, () => string[], RegExp]>([
    ['jobs list', () => ['jobs', 'list'], /DONE +https:\/\/shop\.example/],
    ['jobs show', () => ['jobs', 'show', job], /Read it with: .* --remote team\n$/],
    ['replay --check', () => ['replay', job, '--check'], /events lead to DONE/],
    ['report', () => ['report', job, '-f', 'html,md', '-o', join(home, 'out')], /Open .*report\.html\n$/],
    ['compare', () => ['compare', job, job], /0 new, 0 fixed/],
    ['share', () => ['share', job], /^http:\/\/127\.0\.0\.1:\d+\/s\/[\w-]+\n$/],
    ['export', () => ['export', job, '-o', join(home, 'job.tar')], /job\.tar\n$/],
  ])('does `%s` on the server', async (_, args, said) => {
    const result = await cli([...args(), '--remote', 'team'], { home });
    expect(result.code, result.stderr).toBe(0);
    expect(result.stdout).toMatch(said);
  });

  it('retries and removes there too', async () => {
    const retried = await cli(['jobs', 'retry', job, '--remote', 'team'], { home });
    expect(retried.code, retried.stderr).toBe(0);
    const id = retried.stdout.split(' ')[0] ?? '';
    await server.engine.ended(id);
    const removed = await cli(['jobs', 'rm', id, '--remote', 'team'], { home });
    expect(removed.code, removed.stderr).toBe(0);
    expect(server.ledger.job(id)).toBeNull();
  });

  it.each<[string, () => string[], number, string]>([
    ['of a token that is not known', () => ['jobs', '--remote', url], 2, '[unauthenticated]'],
    ['of a job that is not there', () => ['jobs', 'show', 'nope', '--remote', 'team'], 2, '[not_found]'],
    ['when nobody answers', () => ['jobs', '--remote', 'http://127.0.0.1:1'], 5, '[remote_unreachable]'],
  ])('says the code %s', async (what, args, code, said) => {
    const env: Record<string, string> = what.includes('token') ? { STAGEFLOW_TOKEN: 'sf_wrong' } : {};
    const result = await cli(args(), { home, env });
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(said)]);
  });

  it('shows no token of a remote, anywhere', async () => {
    const token = readFileSync(join(home, 'token'), 'utf8').trim();
    const listed = await cli(['remote', '--json'], { home });
    expect(JSON.parse(listed.stdout)).toEqual([{ name: 'team', url }]);
    expect(listed.stdout + listed.stderr).not.toContain(token);
  });
});
