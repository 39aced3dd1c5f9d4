import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Peer } from '../../../server/route.ts';
import { ROUTES } from '../../../server/routes/index.ts';
import { findSchemathesis, SCHEMATHESIS_MISSING } from '../../../server/cli/test/public-fuzzer.ts';
import { listen } from '../../../server/listen/listen.ts';
import { startTestServer } from '../../integration/server/harness.ts';
import { storeSharedJob } from '../../integration/server/shared-job.ts';
import { faultsOf, type ReadAnswer } from './judge.ts';

/** Seconds that the fuzzer has once it has been everywhere; STAGEFLOW_FUZZ_SECONDS gives it more. */
const SECONDS = Number(process.env.STAGEFLOW_FUZZ_SECONDS ?? 50);
const SEED = process.env.STAGEFLOW_SEED ?? '1';
const program = findSchemathesis();
const HERE = import.meta.dirname;
/** It would end its own token. */
const LEFT_OUT = '/api/v1/tokens/{id}';
/** How long one request of each operation may take on a machine with other things to do, in seconds. */
const ROUND = 180;
/** Statuses by which a server says that it is the server's own fault. */
const isOwnFault = (status: number) => status >= 500;

/** The routes whose method and path an answer was for; what is no route gives the judge nothing to hold it to. */
function routeOf(method: string, path: string) {
  return ROUTES.find((route) => {
    const pattern = new RegExp(`^${route.path.replaceAll(/\{path\}/g, '.+').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    return route.method.toUpperCase() === method && pattern.test(path);
  });
}

// The reporter counts skipped tests without naming them.
if (program === null) process.stderr.write(`${SCHEMATHESIS_MISSING}\n`);

describe.skipIf(program === null)(`A13 schemathesis${program === null ? ' [skipped: it is not here]' : ''}`, () => {
  it('A13 finds nothing with the interface’s own document: no fault of the server, no answer that is not documented, no stack and no place of the machine in any', {
    timeout: (SECONDS + ROUND + 60) * 1000,
  }, async () => {
    const server = await startTestServer({
      config: { bytesPerDay: 2 ** 40, queuedJobs: 10_000, streamsPerToken: 1000 },
    });
    const faults = new Set<string>();
    const asked = new Set<string>();
    let welcome = 0;
    const judged = (request: Request, answer: ReadAnswer) => {
      const { pathname } = new URL(request.url);
      const route = routeOf(request.method, pathname);
      if (answer.status < 300) welcome += 1;
      const name = `${request.method} ${route?.path ?? 'no route'}`;
      asked.add(name);
      if (isOwnFault(answer.status) && route?.definition?.responses[answer.status] === undefined)
        faults.add(`${name} ${answer.status}`);
      for (const fault of route ? faultsOf(answer, route) : []) faults.add(`${name}: ${fault}`);
    };
    // Every answer is read here before it is sent: what the fuzzer does not look for is looked for too. Streams end after their first words.
    const fetchJudged = async (request: Request, peer?: Peer) => {
      const answer = await server.app.fetch(request, peer);
      const type = answer.headers.get('content-type') ?? '';
      const chunks: Uint8Array[] = [];
      const reader = answer.body?.getReader();
      for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
        chunks.push(next.value);
        if (type.startsWith('text/event-stream') && chunks.length === 2) break;
      }
      await reader?.cancel();
      const body = Buffer.concat(chunks);
      const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
      if (request.method !== 'HEAD') judged(request, { status: answer.status, type, headers, text: body.toString() });
      return new Response(body.length === 0 ? null : new Uint8Array(body), answer);
    };
    const { config, clock, log } = server.services;
    const listener = await listen({ app: { fetch: fetchJudged }, config: { ...config, port: 0 }, clock, log });
    onTestFinished(async () => {
      await listener.close(0);
      await server.close();
    });
    const notes = mkdtempSync(join(tmpdir(), 'fuzz-'));
    onTestFinished(() => rmSync(notes, { recursive: true, force: true }));
    await storeSharedJob(server, 'team');
    const origin = `http://127.0.0.1:${listener.port}`;
    const fuzz = async (phases: readonly string[]) => {
      const fuzzer = spawn(
        program ?? '',
        [
          ...['run', `${origin}/api/v1/openapi.json`, '--header', `Authorization: Bearer ${server.token(['admin'])}`],
          ...[...phases, '--seed', SEED],
          ...['--checks', 'not_a_server_error,status_code_conformance,content_type_conformance'],
          ...['--checks', 'response_schema_conformance,response_headers_conformance'],
          ...['--exclude-path', LEFT_OUT, '--continue-on-failure', '--warnings', 'off', '--no-color'],
        ],
        {
          // It keeps notes where it runs.
          cwd: notes,
          env: {
            ...process.env,
            SCHEMATHESIS_HOOKS: 'binary_bodies',
            PYTHONPATH: join(HERE, 'schemathesis'),
            NO_COLOR: '1',
          },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      const [said, complained, [code]] = await Promise.all([
        text(fuzzer.stdout),
        text(fuzzer.stderr),
        once(fuzzer, 'close') as Promise<[number]>,
      ]);
      expect([...faults]).toEqual([]);
      expect(code, `${said.slice(-6000)}\n${complained.slice(-2000)}`).toBe(0);
    };
    // First once everywhere, however long it takes; then for as long as there is time, wherever chance leads.
    await fuzz(['--phases', 'fuzzing', '--max-examples', '1']);
    const document = (await (await fetch(`${origin}/api/v1/openapi.json`)).json()) as { paths: Record<string, object> };
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      path === LEFT_OUT ? [] : Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.filter((operation) => !asked.has(operation))).toEqual([]);
    await fuzz(['--phases', 'coverage,fuzzing,stateful', '--max-time', String(SECONDS)]);
    // Requests that are all refused at the door would prove nothing.
    expect(welcome).toBeGreaterThan(20);
  });
});
