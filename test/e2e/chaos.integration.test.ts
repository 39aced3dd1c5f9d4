import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ArtifactStore, FileStore, S3Store } from '../../engine/artifact/index.ts';
import { createRandom } from '../../engine/bus/index.ts';
import { nextState } from '../../engine/fsm/index.ts';
import { systemClock } from '../../engine/kernel/index.ts';
import { type Ledger, openLedger } from '../../engine/ledger/index.ts';
import { findObjectStore } from '../../engine/pod/preflight/index.ts';
import { type ObjectServer, startObjectServer } from '../integration/store/object-server.ts';
import { LEFT_OUT, SHORT } from '../suite.ts';
import { createHome } from './cli.ts';
import { serveSite, type SiteServer } from './site-server.ts';
import { faultsOfHistory, lastWords, missingObjects, scannedTwice, strayObjects } from './support/chaos/aftermath.ts';
import { FILES, planJobs } from './support/chaos/jobs.ts';
import { killAtRandom } from './support/chaos/killer.ts';
import { patientClient } from './support/chaos/patient-client.ts';
import { type SupervisedServer, superviseServer } from './support/chaos/supervised-server.ts';
import { orphans } from './support/orphans.ts';
import { anonymousVolumes } from './support/podman.ts';

/** `STAGEFLOW_CHAOS=full` is the size that is judged; the small one runs with every other test. */
const FULL = process.env.STAGEFLOW_CHAOS === 'full';
const SIZE = FULL
  ? { jobs: 50, kills: 100, lighthouse: 5, minutes: 45 }
  : { jobs: 8, kills: 12, lighthouse: 0, minutes: 5 };
const SEED = Number(process.env.STAGEFLOW_SEED ?? Math.floor(Math.random() * 1_000_000));
const LOOK_MS = 1000;

/** What a container's death may end a job or a cell with: it is tried again, but not for ever. */
const EXPLAINED: ReadonlySet<string | null> = new Set([null, 'pod_killed', 'pod_lost']);

const say = (line: string) => process.stderr.write(`${line}\n`);

const home = createHome();
const temporary = join(home.path, 'system-tmp');
let site: SiteServer;
let objects: ObjectServer | null = null;
let server: SupervisedServer | null = null;

beforeAll(async () => {
  mkdirSync(temporary);
  site = await serveSite(FILES);
  for (const kind of ['minio', 'versitygw'] as const) {
    const binary = await findObjectStore(kind);
    if (binary !== null) objects ??= await startObjectServer(kind, binary);
  }
});
afterAll(async () => {
  await server?.stop();
  await objects?.stop();
  await site.close();
  home.dispose();
});

/** The environment of the server under test. */
function settings(): Record<string, string> {
  const shared = {
    STAGEFLOW_LOG: 'debug',
    STAGEFLOW_LOG_FORMAT: 'json',
    STAGEFLOW_REQUESTS_PER_MINUTE: '100000',
    STAGEFLOW_GRACE_SECONDS: '5',
    TMPDIR: temporary,
  };
  if (objects === null) return shared;
  const { endpoint, region, accessKey, secretKey } = objects.settings;
  return {
    ...shared,
    STAGEFLOW_S3_ENDPOINT: endpoint,
    STAGEFLOW_S3_REGION: region,
    STAGEFLOW_S3_ACCESS_KEY: accessKey,
    STAGEFLOW_S3_SECRET_KEY: secretKey,
  };
}

/** Opens the ledger beside the server for one look. */
function look<T>(at: (ledger: Ledger) => T): T {
  const ledger = openLedger({ path: join(home.path, 'ledger.db'), clock: systemClock, nextState });
  try {
    return at(ledger);
  } finally {
    ledger.close();
  }
}

describe('a server whose parts are killed at random', () => {
  it.skipIf(SHORT)(
    `S5 ends each of ${SIZE.jobs} accepted jobs once, loses none and leaves nothing behind${SHORT ? ` ${LEFT_OUT}` : ''}`,
    async () => {
      say(`chaos: STAGEFLOW_SEED=${SEED}${FULL ? ' STAGEFLOW_CHAOS=full' : ''}, store ${objects?.kind ?? 'of files'}`);
      const began = Date.now();
      const volumesBefore = await anonymousVolumes();
      server = await superviseServer(home.path, settings());
      const engineId = look((ledger) => ledger.setting('engineId')) ?? '';
      expect(engineId).not.toBe('');

      const late = AbortSignal.timeout(SIZE.minutes * 60_000);
      const client = patientClient(server.origin, server.token, late);
      const planned = await planJobs(SIZE.jobs, SIZE.lighthouse, site);
      let endedJobs = 0;
      const killing = killAtRandom(
        { home: home.path, server, store: objects, engineId },
        { random: createRandom(SEED), most: SIZE.kills, pace: () => endedJobs / SIZE.jobs, over: late },
      );
      const accepted = await Promise.all(planned.map(async (job) => ({ ...job, id: await client.submit(job) })));
      const ids = new Set(accepted.map((job) => job.id));
      expect(ids.size).toBe(SIZE.jobs);
      while (endedJobs < SIZE.jobs && !late.aborted) {
        const { jobs } = (await (await client.get('/api/v1/jobs?limit=200')).json()) as { jobs: { state: string }[] };
        endedJobs = jobs.filter((job) => job.state === 'DONE' || job.state === 'FAILED').length;
        await pause(LOOK_MS);
      }
      const seconds = Math.round((Date.now() - began) / 1000);
      const killed = await killing;
      // Whatever the last life had not yet told the store or the queue is done by a whole one.
      while (!late.aborted && look((ledger) => ledger.open().length + ledger.outbox(1).length) > 0)
        await pause(LOOK_MS);
      expect(await server.stop(), server.words().slice(-3000)).toBe(0);
      await server.again();
      expect(await server.stop(), server.words().slice(-3000)).toBe(0);

      const rows = look((ledger) => ledger.jobs());
      const ends = Map.groupBy(rows, (row) => `${row.state}${row.failureCode === null ? '' : `(${row.failureCode})`}`);
      const attempts = rows.map((row) => row.attempt);
      say(
        `chaos: ${JSON.stringify(killed)} died; ${[...ends].map(([end, all]) => `${all.length} ${end}`).join(', ')} after ${seconds} s; ` +
          `${server.lives()} lives, ${client.repeats()} requests sent again, at most ${Math.max(...attempts)} attempts of a job`,
      );
      expect(Object.values(killed).reduce((sum, n) => sum + n, 0)).toBe(SIZE.kills);
      expect(new Set(rows.map((row) => row.id)), 'accepted jobs and those of the ledger').toEqual(ids);
      expect(rows.filter((row) => row.state !== 'DONE' && row.state !== 'FAILED')).toEqual([]);
      const words = server.words();
      expect(rows.flatMap((row) => look((ledger) => faultsOfHistory(ledger, row.id)))).toEqual([]);

      const histories = new Map(rows.map((row) => [row.id, look((ledger) => ledger.events(row.id))]));
      expect(scannedTwice(words, histories)).toEqual([]);
      const unfinished = accepted.filter((job) => {
        const ended = rows.find((row) => row.id === job.id)?.state;
        const cells = histories.get(job.id)?.filter((event) => event.type === 'scan.events.cell.completed') ?? [];
        const ofPages = cells.filter((event) => event.data.pageId !== '_site').length;
        return ended === 'DONE' && ofPages !== job.cells;
      });
      expect(unfinished.map((job) => job.key)).toEqual([]);
      // A page that two kills hit in the same life is the only one to blame; Lighthouse may see no paint on a starved machine.
      const failures = [...histories.values()].flat().flatMap((event) => {
        const ofPage = event.type === 'scan.events.cell.completed' && event.data.scanner !== 'lighthouse';
        return ofPage && event.data.failure !== null ? [event.data.failure] : [];
      });
      expect(failures.filter(({ code }) => code !== 'pod_killed')).toEqual([]);

      const store: ArtifactStore =
        objects === null ? new FileStore(join(home.path, 'store')) : new S3Store(objects.settings, systemClock);
      expect(await missingObjects(store, [...histories.values()].flat())).toEqual([]);
      const done = rows.filter((row) => row.state === 'DONE');
      expect(done.length).toBeGreaterThan(0);
      for (const { id } of done)
        for (const name of ['report.json', 'report.html'])
          expect(await store.head('scanner-artifacts', `${id}/${name}`), `${id}/${name}`).not.toBeNull();
      expect(await strayObjects(store, ids)).toEqual([]);
      expect(await orphans({ home: home.path, temporary, engineId, volumesBefore })).toEqual([]);
      const unexplained = rows.filter((row) => !EXPLAINED.has(row.failureCode));
      expect(unexplained.map((row) => [row.failureCode, ...lastWords(words, row.id)])).toEqual([]);
    },
    (SIZE.minutes + 2) * 60_000,
  );
});
