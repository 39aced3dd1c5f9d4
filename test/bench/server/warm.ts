import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveSite } from '../../e2e/site-server.ts';
import { percentile, type Row } from './orders.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SITE = join(ROOT, 'test/sites/source/shop');
const PATIENCE_MS = 120_000;

/** The program as a person starts it, in a data folder of its own, and what it has said so far. */
function startProgram(home: string) {
  const child = spawn(join(ROOT, 'stageflow'), ['server'], {
    env: { ...process.env, STAGEFLOW_HOME: home, STAGEFLOW_PORT: '0', STAGEFLOW_LOG: 'info', STAGEFLOW_WARM_PODS: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  /** Waits until a pattern was said `times` times and gives the last match. */
  const says = async (pattern: RegExp, times = 1): Promise<RegExpMatchArray> => {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = [...said.matchAll(pattern)];
      const last = found[times - 1];
      if (last !== undefined) return last;
      if (child.exitCode !== null || Date.now() > until)
        throw new Error(`the server never said ${pattern.source}:\n${said.slice(-1500)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { says, end: () => (child.kill('SIGTERM'), gone) };
}

/** Moments of one job, in milliseconds since the epoch. */
interface Seen {
  accepted: number;
  navigated: number;
  firstCell: number;
}

/** Submits one page and follows the stream of all jobs until it has ended. */
async function scanOnce(api: (path: string, init?: RequestInit) => Promise<Response>, host: string, seen: Seen) {
  const live = await api('/api/v1/stream');
  const answer = await api('/api/v1/jobs/url', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      urls: [`http://${host}/`],
      modules: ['axe', 'security-headers', 'seo'],
      maxPages: 1,
      allowHosts: [host],
    }),
  });
  if (answer.status !== 202) throw new Error(`a submission was answered ${answer.status}: ${await answer.text()}`);
  seen.accepted = Date.now();
  let text = '';
  for await (const chunk of live.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (seen.firstCell === 0 && text.includes('event: scan.events.cell.completed')) seen.firstCell = Date.now();
    if (text.includes('event: jobs.events.failed')) throw new Error(`a job failed: ${text.slice(-600)}`);
    if (text.includes('event: jobs.events.completed')) return;
  }
}

/** With a warm pod: how soon after its submission over HTTP a job is at the site, and has its first finished cell with the client. */
export async function benchWarm(jobs = 12): Promise<readonly Row[]> {
  const names = readdirSync(SITE, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map((entry) => join(entry.parentPath, entry.name));
  const files = new Map(paths.map((path) => [path.slice(SITE.length + 1), readFileSync(path)]));
  let seen: Seen = { accepted: 0, navigated: 0, firstCell: 0 };
  const site = await serveSite(files, ({ url }) => {
    if (url === '/' && seen.navigated === 0) seen.navigated = Date.now();
    return null;
  });
  const home = mkdtempSync(join(tmpdir(), 'stageflow-bench-warm-'));
  const program = startProgram(home);
  const times = { accepted: [] as number[], navigated: [] as number[], firstCell: [] as number[] };
  try {
    const [, origin = ''] = await program.says(/^Stageflow listens on .*?(http:\/\/\S+)$/gm);
    const [, token = ''] = await program.says(/\/signin#(sf_\S+)/g);
    const api = (path: string, init: RequestInit = {}) =>
      fetch(origin + path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
    for (let n = 1; n <= jobs; n += 1) {
      await program.says(/a warm pod stands ready/g, n);
      seen = { accepted: 0, navigated: 0, firstCell: 0 };
      const began = Date.now();
      await scanOnce(api, site.host, seen);
      for (const name of ['accepted', 'navigated', 'firstCell'] as const) times[name].push(seen[name] - began);
      const [accepted, navigated, firstCell] = [seen.accepted, seen.navigated, seen.firstCell].map((at) => at - began);
      process.stderr.write(`  accepted ${accepted} ms, at the site ${navigated} ms, first cell ${firstCell} ms\n`);
    }
  } finally {
    await program.end();
    await site.close();
    rmSync(home, { recursive: true, force: true });
  }
  const ms = (samples: readonly number[]) => `${percentile(samples, 0.5)} / ${percentile(samples, 0.95)} ms`;
  return [
    [`with a warm pod, submission accepted, p50 / p95 of ${jobs}`, ms(times.accepted), ''],
    ['  submit to the first navigation', ms(times.navigated), 'p50 < 300 ms'],
    ['  submit to the first finished cell', ms(times.firstCell), 'p50 < 1 s'],
  ];
}
