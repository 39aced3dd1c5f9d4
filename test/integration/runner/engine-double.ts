import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import { pageIdOf, sha256Hex } from '../../../engine/kernel/index.ts';
import { serveChannel } from '../../../engine/pod/channel/index.ts';
import type { ChannelHandlers, DialAnswer } from '../../../engine/pod/runtime.ts';
import type { CellFindings, ContainerMessage, RunnerAssignment, WorkItem } from '../../../engine/scanner/index.ts';

/** Where Debian keeps the browser; other machines name theirs. */
export const CHROMIUM = process.env.STAGEFLOW_CHROMIUM ?? '/usr/lib/chromium/chromium';

const MAIN = fileURLToPath(new URL('../../../scanners/runtime/runner/main.ts', import.meta.url));

type Message<T extends ContainerMessage['type']> = Extract<ContainerMessage, { type: T }>;

/** What a run of the real runner came to. */
export interface RunRecord {
  readonly messages: ContainerMessage[];
  readonly artifacts: Map<string, Buffer>;
  /** Authorities that were asked for, in order. */
  readonly dialled: string[];
  readonly exitCode: number | null;
  readonly stderr: string;
  of<T extends ContainerMessage['type']>(type: T): Message<T>[];
  page(url: string): { visited: Message<'page.visited'> | undefined; done: Message<'page.done'> | undefined };
  /** Of a page by its address, or of the site by `_site`. */
  findings(scanner: string, url: string): CellFindings;
}

/** What the double is to let the runner do. */
export interface RunOrder {
  readonly assignment: Partial<RunnerAssignment>;
  readonly urls: readonly string[];
  readonly pageScanners?: readonly string[];
  readonly machineScanner?: string;
  /** One of the page scanners whose site cell is to be done when the pages are. */
  readonly siteScanner?: string;
  /** Follows links of the pages' own origin, at most this many pages. */
  readonly crawl?: number;
  /** Plays the model. */
  readonly plan?: NonNullable<ChannelHandlers['plan']>;
  /** Told the runner's process id as soon as it runs. */
  readonly started?: (pid: number) => void;
  /** Lets the runner warm up, rehearsal included, before it is given the assignment. */
  readonly warm?: true;
  /** Hosts that may be dialled, `host:port` -> local port; `any` dials what is asked. */
  readonly dial?: ReadonlyMap<string, number> | 'any';
}

/** A runner must not be root, whose Chromium does not start sandboxed: a user namespace of its own has the files but not the name. */
function unprivileged(command: string, args: string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [command, args];
  return ['unshare', ['--user', '--map-user=1000', '--map-group=1000', '--', command, ...args]];
}

/** Runs the real runner as a process against a small engine that plays the queue. */
export async function runRunner(order: RunOrder): Promise<RunRecord> {
  if (!existsSync(CHROMIUM)) throw new Error(`no browser at ${CHROMIUM}`);
  const home = mkdtempSync(join(tmpdir(), 'stageflow-runner-test-'));
  chmodSync(home, 0o777);
  const scanners = [...(order.pageScanners ?? []), ...(order.machineScanner ? [order.machineScanner] : [])];
  const assignment: RunnerAssignment = {
    role: 'runner',
    protocol: 1,
    jobId: 'job1',
    attempt: 1,
    source: 'urls',
    sitePort: null,
    siteOrigin: null,
    productionOrigin: null,
    allowAssets: [],
    scanners: scanners.map((id) => ({ id, options: {} })),
    device: 'desktop',
    viewport: { width: 1280, height: 800 },
    userAgent: null,
    locale: 'en-US',
    access: null,
    entries: order.urls.slice(0, 1) as string[],
    readOrigin: false,
    pageTabs: null,
    lighthouse: { runs: 1, formFactor: 'desktop' },
    timeouts: { navigation: 15, settle: 3, page: 30 },
    testTrust: null,
    chromium: CHROMIUM,
    ...order.assignment,
  };
  const { device, viewport, userAgent, locale, testTrust, chromium } = assignment;
  const browser = { device, viewport, userAgent, locale, testTrust, chromium };
  let cold = order.warm === true;
  const [command, args] = unprivileged(process.execPath, [MAIN]);
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: home, TMPDIR: home, XDG_CACHE_HOME: home },
  });
  order.started?.(child.pid as number);
  const messages: ContainerMessage[] = [];
  const artifacts = new Map<string, Buffer>();
  const dialled: string[] = [];
  const queue = [...order.urls];
  const known = new Set(queue);
  const scannedUrls: string[] = [];
  const busy = new Map<string, string>();
  let machine: string[] | null = null;
  let machineBusy = false;
  let siteAsked = order.siteScanner === undefined;
  const pageOver = () => queue.length === 0 && busy.size === 0;

  const nextOf = (lane: string): WorkItem | 'wait' | 'done' => {
    if (lane === 'page') {
      const url = queue.shift();
      if (url === undefined) return pageOver() ? 'done' : 'wait';
      busy.set(pageIdOf(url), url);
      return {
        kind: 'page',
        page: { id: pageIdOf(url), url, depth: 0 },
        scanners: [...(order.pageScanners ?? [])],
        revisit: false,
      };
    }
    if (lane === 'machine') {
      if (!pageOver() || machineBusy) return 'wait';
      machine ??= order.machineScanner ? [...scannedUrls] : [];
      const url = machine.shift();
      if (url === undefined) return 'done';
      machineBusy = true;
      return { kind: 'machine', page: { id: pageIdOf(url), url, depth: 0 }, scanner: order.machineScanner as string };
    }
    if (!pageOver()) return 'wait';
    if (siteAsked) return 'done';
    siteAsked = true;
    const pages = scannedUrls.map((url) => ({ id: pageIdOf(url), url, finalUrl: url }));
    const denied = messages.flatMap((m) => {
      const url = [...known].find((one) => m.type === 'page.done' && pageIdOf(one) === m.pageId);
      if (m.type !== 'page.done' || m.about === undefined || url === undefined) return [];
      return [{ id: m.pageId, url, to: m.about, reason: m.reason ?? '' }];
    });
    return { kind: 'site', scanner: order.siteScanner as string, pages, denied };
  };
  const waiting = new Set<() => void>();
  const changed = () => {
    for (const wake of waiting) wake();
    waiting.clear();
  };
  const channel = serveChannel(Duplex.from({ readable: child.stdout, writable: child.stdin }), {
    budget: { left: 2 ** 31 },
    end: () => child.kill('SIGKILL'),
    handlers: {
      assignment: async () => {
        if (!cold) return assignment;
        cold = false;
        return { role: 'warm-up', protocol: 1, rehearse: true, scanners: assignment.scanners, browser };
      },
      input: async () => null,
      plan: async (request) => (await order.plan?.(request)) ?? null,
      message: async (message) => {
        if (message.type !== 'heartbeat') messages.push(message);
        if (message.type === 'page.visited' && order.crawl) {
          const own = new URL(message.finalUrl).origin;
          for (const link of message.links) {
            const url = link.url.split('#', 1)[0] as string;
            if (new URL(url).origin !== own || known.has(url) || known.size >= order.crawl) continue;
            known.add(url);
            queue.push(url);
          }
        }
        if (message.type === 'page.done') {
          if (message.status === 'scanned') scannedUrls.push(busy.get(message.pageId) as string);
          busy.delete(message.pageId);
        }
        if (message.type === 'cell.done' && message.scanner === order.machineScanner) machineBusy = false;
        changed();
        return { skip: false };
      },
      next: async (request, signal) => {
        for (;;) {
          const work = nextOf(request.lane);
          if (work !== 'wait' || signal.aborted) return work;
          await new Promise<void>((resolve) => {
            waiting.add(resolve);
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
        }
      },
      putArtifact: async (path, _sha, body) => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of body) chunks.push(chunk);
        const bytes = Buffer.concat(chunks);
        artifacts.set(path, bytes);
        return { key: `job1/${path}`, sha256: sha256Hex(bytes), size: bytes.length };
      },
      getArtifact: async (key) => {
        const bytes = artifacts.get(key.replace(/^job1\//, ''));
        return bytes
          ? (async function* () {
              yield bytes;
            })()
          : null;
      },
      dial: async (authority): Promise<DialAnswer> => {
        dialled.push(authority);
        const refused = {
          ok: false,
          status: 403,
          code: 'egress_denied',
          reason: `${authority} is not open in this test`,
        } as const;
        const [host, port] = authority.split(':');
        const to = order.dial === 'any' ? Number(port) : order.dial?.get(authority);
        if (to === undefined) return refused;
        return new Promise((resolve) => {
          const socket = connect(to, order.dial === 'any' ? (host as string) : '127.0.0.1');
          socket.once('connect', () => resolve({ ok: true, socket }));
          socket.once('error', () =>
            resolve({ ok: false, status: 502, code: 'host_unreachable', reason: 'nothing listens there' }),
          );
        });
      },
    },
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  channel.destroy();
  rmSync(home, { recursive: true, force: true });
  const of = <T extends ContainerMessage['type']>(type: T) => messages.filter((m): m is Message<T> => m.type === type);
  return {
    messages,
    artifacts,
    dialled,
    exitCode,
    stderr,
    of,
    page: (url) => {
      const id = pageIdOf(url);
      return {
        visited: of('page.visited').find((m) => m.pageId === id),
        done: of('page.done').find((m) => m.pageId === id),
      };
    },
    findings: (scanner, url) => {
      const bytes = artifacts.get(`${scanner}/cells/${url === '_site' ? url : pageIdOf(url)}.findings.json.zst`);
      if (!bytes) throw new Error(`no findings of ${scanner} for ${url}: ${stderr}`);
      return JSON.parse(zstdDecompressSync(bytes).toString()) as CellFindings;
    },
  };
}
