import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '../..');

/** A real server in a data folder of its own, and what is done with it for the pictures. */
export interface Studio {
  readonly origin: string;
  /** An administrator's, as the server printed it. */
  readonly token: string;
  /** Starts a scan of one of `test/sites`, named as told; gives the job's id. */
  submit(file: string, label: string): Promise<string>;
  /** Resolves when the job is done; rejects when it failed. */
  done(jobId: string): Promise<void>;
  /** A job's report in one of its forms. */
  report(jobId: string, format: 'json' | 'html'): Promise<string>;
  close(): Promise<void>;
}

/** Starts the server on a free port. Rejects with what it said when it does not come up. */
export async function openStudio(): Promise<Studio> {
  const home = mkdtempSync(join(tmpdir(), 'stageflow-screenshots-'));
  const child = spawn(process.execPath, [join(ROOT, 'server/cli/index.ts'), 'server'], {
    cwd: ROOT,
    env: { ...process.env, STAGEFLOW_HOME: home, STAGEFLOW_PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let said = '';
  const printed = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const address = /http:\/\/\S+\/signin#\S+(?=\s)/.exec(said)?.[0];
      if (address !== undefined) resolve(address);
    });
    child.once('close', () => reject(new Error(`the server did not start:\n${said}`)));
  });
  const { origin, hash } = new URL(printed);
  const token = hash.slice(1);
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${token}`, ...init.headers };
    const answer = await fetch(`${origin}/api/v1${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
    return answer;
  };
  return {
    origin,
    token,
    async submit(file, label) {
      const answer = await ask(`/jobs/zip?filename=${basename(file)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/zip', 'x-stageflow-options': JSON.stringify({ label }) },
        body: readFileSync(join(ROOT, 'test/sites', file)),
      });
      return ((await answer.json()) as { id: string }).id;
    },
    async done(jobId) {
      for (;;) {
        const { state } = (await (await ask(`/jobs/${jobId}`)).json()) as { state: string };
        if (state === 'DONE') return;
        if (state === 'FAILED') throw new Error(`job ${jobId} failed`);
        await wait(1000);
      }
    },
    report: async (jobId, format) => (await ask(`/jobs/${jobId}/report?format=${format}`)).text(),
    async close() {
      child.kill('SIGTERM');
      await gone;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
