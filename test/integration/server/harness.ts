import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArtifactStore, FileStore } from '../../../engine/artifact/index.ts';
import {
  connectJetStreamBus,
  createMemoryBroker,
  createMemoryBus,
  createRandom,
  NO_FAILINGS,
} from '../../../engine/bus/index.ts';
import type { StageflowEvent } from '../../../engine/event/index.ts';
import { nextState } from '../../../engine/fsm/index.ts';
import { type Clock, createLog, StageflowError, systemClock } from '../../../engine/kernel/index.ts';
import { type Ledger, openLedger, type TokenScope } from '../../../engine/ledger/index.ts';
import { type Engine, type EngineOptions, startEngine } from '../../../engine/run/engine.ts';
import { createReportWriter } from '../../../engine/run/report-writer.ts';
import type { CellFindings } from '../../../engine/scanner/index.ts';
import { discoverScanners } from '../../../engine/scanner/discover.ts';
import { type App, createApp } from '../../../server/app.ts';
import { hashSecret, newTokenText } from '../../../server/auth/principal.ts';
import { ServerConfig } from '../../../server/config.ts';
import type { Pressure, Services } from '../../../server/services.ts';
import { createBuggify } from '../../simulation/buggify.ts';
import { createFakePods } from '../../simulation/fake-pods.ts';
import { standIns } from '../../simulation/stand-ins.ts';

const SCANNERS = join(import.meta.dirname, '../../../scanners');
/** The simulation's pods live through seconds; here they hurry. */
const HURRY = 50;
const hurried: Clock = {
  now: () => systemClock.now(),
  after: (milliseconds, run) => systemClock.after(milliseconds, run),
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / HURRY, signal),
};

/** A server app over a real engine, ledger, file store and report writer; only the pods and the queue are of the simulation. */
export interface TestServer {
  readonly app: App;
  readonly services: Services;
  readonly engine: Engine;
  readonly ledger: Ledger;
  /** Lines that the server logged. */
  readonly logged: readonly string[];
  /** Makes a token and returns its text. */
  token(scopes: readonly TokenScope[], tenant?: string): string;
  /** A request with a token ('' for none). A body that is no stream or bytes is sent as JSON. */
  call(
    token: string,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** While set, the server takes no new work. */
  press(pressure: Pressure | null): void;
  close(): Promise<void>;
}

/** What a broken machine says: a place on it, and somebody else's job. */
export const BROKEN_MACHINE = 'cannot open /srv/private/other-team.sock';

/** Starts one; `pods: 'frozen'` leaves jobs running until they are cancelled, `'broken'` has a machine that can start none; `queue` is a real one, `found` what every cell finds. */
export async function startTestServer(
  options: {
    readonly config?: Partial<ServerConfig>;
    readonly pods?: 'well' | 'frozen' | 'broken';
    readonly clock?: Clock;
    readonly engine?: EngineOptions;
    /** Keeps artifacts in it instead of a folder. */
    readonly store?: ArtifactStore;
    /** Further services, such as those of an object store. */
    readonly services?: Partial<Services>;
    readonly found?: CellFindings['findings'];
    readonly queue?: { readonly url: string; readonly token: string };
  } = {},
): Promise<TestServer> {
  const clock = options.clock ?? systemClock;
  const folder = mkdtempSync(join(tmpdir(), 'server-'));
  const logged: string[] = [];
  const log = createLog('info', (line) => logged.push(line));
  const ledger = openLedger({ path: join(folder, 'ledger.db'), clock, nextState });
  const store = options.store ?? new FileStore(join(folder, 'store'));
  await store.prepare();
  const random = createRandom(1);
  const frozen = options.pods === 'frozen' ? 1 : 0;
  const pods = createFakePods({
    clock: hurried,
    random,
    buggify: createBuggify(random, new Map()),
    failings: { crash: 0, freeze: frozen, repeat: 0, refuse: 0, cellFails: 0 },
    finished: () => false,
    ...(options.found ? { found: options.found } : {}),
    links: (url) => (new URL(url).pathname === '/' ? ['a', 'b'] : []),
  });
  const parts = { node: 'main', engineId: 'e1', clock: systemClock, log } as const;
  const onPoison = async (event: StageflowEvent) => engine.poisoned(event);
  const { queue } = options;
  const memory = queue
    ? null
    : createMemoryBus(createMemoryBroker(systemClock, 1, NO_FAILINGS), { ...parts, onPoison });
  const bus = memory ?? (await connectJetStreamBus({ url: '', token: '', ...queue, ...parts, onPoison }));
  await bus.prepare();
  const manifests = new Map((await discoverScanners(SCANNERS)).map((manifest) => [manifest.id, manifest]));
  const secrets = new Map<string, never>();
  const engine = await startEngine(
    {
      ledger,
      bus,
      store,
      pods: async () => {
        if (options.pods === 'broken') throw new StageflowError('podman_failed', { reason: BROKEN_MACHINE });
        return pods;
      },
      ...standIns(),
      secrets: {
        put: (jobId, access) => void secrets.set(jobId, access as never),
        get: (jobId) => secrets.get(jobId) ?? null,
        remove: (jobId) => void secrets.delete(jobId),
        jobs: () => [...secrets.keys()],
      },
      manifests,
      clock: systemClock,
      log,
      report: createReportWriter({ ledger, store, manifests, log, bus }),
      engineId: 'e1',
      node: 'main',
    },
    options.engine,
  );
  let pressure: Pressure | null = null;
  const services: Services = {
    engine,
    manifests,
    config: ServerConfig.parse({ requestsPerMinute: 1_000_000, ...options.config }),
    clock,
    log,
    pressure: () => pressure,
    ...options.services,
  };
  const app = createApp(services);
  let tokens = 0;
  return {
    app,
    services,
    engine,
    ledger,
    logged,
    token: (scopes, tenant = 'team') => {
      const text = newTokenText();
      tokens += 1;
      ledger.service.tokens.add(
        { id: `tok_${tokens}`, name: 'test', tenant, scopes, expiresAt: null },
        hashSecret(text),
      );
      return text;
    },
    call: (token, method, path, body, headers = {}) => {
      const raw = body instanceof Uint8Array || body instanceof ReadableStream;
      return app.fetch(
        new Request(`http://127.0.0.1:7070${path}`, {
          method,
          headers: {
            host: '127.0.0.1:7070',
            ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
            ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: raw ? (body as Uint8Array) : JSON.stringify(body), duplex: 'half' }),
        } as RequestInit),
      );
    },
    press: (next) => {
      pressure = next;
    },
    close: async () => {
      pods.killAll();
      await engine.stop();
      if (memory) memory.kill();
      else await bus.close();
      ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
