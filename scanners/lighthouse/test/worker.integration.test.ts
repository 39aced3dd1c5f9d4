import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTimeline } from '@stageflow/engine/sdk';
import type { WorkerAnswer, WorkerOrder } from '../worker-protocol.ts';

const ASK = `navigator.geolocation.getCurrentPosition(() => {}, () => {}); Notification.requestPermission();`;
const PAGES: Readonly<Record<string, string>> = {
  '/pushy': `<!doctype html><title>pushy</title><p>asks at once</p><script>${ASK}</script>`,
  '/patient': `<!doctype html><title>patient</title><button onclick="${ASK}">asks when told</button>`,
};

const server = createServer((request, response) => {
  const page = PAGES[request.url ?? ''];
  response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(page ?? '');
});
let folder: string;
let worker: ChildProcess;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  folder = mkdtempSync(join(tmpdir(), 'lighthouse-worker-'));
  worker = fork(fileURLToPath(new URL('../worker.ts', import.meta.url)), [], {
    stdio: ['ignore', 2, 2, 'ipc'],
    serialization: 'advanced',
    execArgv: [],
    env: { ...process.env, TMPDIR: folder },
  });
});
afterAll(async () => {
  const ended = once(worker, 'exit');
  worker.disconnect();
  await ended;
  rmSync(folder, { recursive: true, maxRetries: 10 });
  await new Promise((resolve) => server.close(resolve));
});

async function measure(path: string): Promise<WorkerAnswer> {
  const ownOrigin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const order: WorkerOrder = {
    url: ownOrigin + path,
    executablePath: process.env['STAGEFLOW_CHROMIUM'] ?? '/usr/lib/chromium/chromium',
    args: ['--no-sandbox'],
    formFactor: 'desktop',
    headers: {},
    cookies: [],
    ownOrigin,
    productionOrigin: null,
    readOnly: false,
    besideAxe: true,
  };
  const answered = once(worker, 'message');
  worker.send(order);
  const [answer] = (await answered) as [WorkerAnswer];
  return answer;
}

it.each([
  ['/pushy', 0],
  ['/patient', 1],
])('the permissions that %s asks for while it loads are seen (score %i)', async (path, score) => {
  const answer = await measure(path);
  if (!answer.ok) throw new Error(answer.reason);
  const { audits } = answer.report;
  expect([audits['geolocation-on-start']?.score, audits['notification-on-start']?.score]).toEqual([score, score]);
});

it('the load is told as a timeline with pictures, moments and the page’s own request', async () => {
  const answer = await measure('/patient');
  if (!answer.ok) throw new Error(answer.reason);
  const timeline = readTimeline(JSON.parse(Buffer.from(answer.timeline).toString()));
  expect(timeline?.frames.length).toBeGreaterThan(0);
  expect(timeline?.marks.map((mark) => mark.name)).toContain('First content');
  expect(timeline?.requests[0]).toMatchObject({
    url: expect.stringMatching(/\/patient$/),
    kind: 'document',
    status: 200,
  });
});
