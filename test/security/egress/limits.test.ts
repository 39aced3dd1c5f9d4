import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress } from '../../../engine/egress/index.ts';
import type { Egress, EgressCaps } from '../../../engine/egress/index.ts';
import type { Clock } from '../../../engine/kernel/index.ts';
import { listening, turns, worldOf } from './world.ts';

const IP = '93.184.216.34';
const GET = 'GET / HTTP/1.1\r\nHost: site.example\r\n\r\n';

const open: (() => unknown)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A clock that moves only when told. */
function handClock(): Clock & { advance(ms: number): void; waiting(): number } {
  let now = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    sleep: () => Promise.reject(new Error('not used')),
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    advance(ms) {
      now += ms;
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer);
        timer.run();
      }
    },
    waiting: () => timers.size,
  };
}

async function upstream(onData: (socket: Socket) => void): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => onData(socket));
  });
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listening(server);
}

function egressTo(server: Server | null, caps: Partial<EgressCaps>, clock?: Clock): Egress {
  const world = worldOf({
    names: { 'site.example': [IP] },
    servers: server === null ? {} : { [`${IP}:80`]: server },
    ...(clock === undefined ? {} : { clock }),
  });
  const egress = createEgress({ kind: 'web', allowHosts: [], allowAssets: [], caps }, world.ports);
  open.push(() => egress.close());
  return egress;
}

async function dialled(egress: Egress): Promise<Duplex> {
  const answer = await egress.dial('site.example:80');
  if (!answer.ok) throw new Error(answer.reason);
  return answer.socket;
}

function cutOf(socket: Duplex): Promise<string | null> {
  return new Promise((done) => {
    let reason: string | null = null;
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.on('close', () => done(reason));
  });
}

/** Sends until the other side is gone, as fast as it is taken. */
function pump(stream: Duplex): void {
  const block = Buffer.alloc(64 * 1024, 'x');
  const more = () => {
    while (!stream.destroyed && stream.write(block));
    if (!stream.destroyed) stream.once('drain', more);
  };
  more();
}

describe('E12 limits', () => {
  it('E12 cuts a body without end at the byte cap, and refuses what comes after', async () => {
    const egress = egressTo(await upstream(pump), { wireBytes: 2 ** 20 });
    const socket = await dialled(egress);
    const cut = cutOf(socket);
    let got = 0;
    socket.on('data', (chunk: Buffer) => {
      got += chunk.length;
    });
    socket.write(GET);
    expect(await cut).toMatch(/limit of bytes/);
    expect(got).toBeLessThanOrEqual(2 ** 20);
    expect(got).toBeGreaterThan(2 ** 19);
    expect(await egress.dial('site.example:80')).toMatchObject({ ok: false, status: 429, code: 'egress_limit' });
  });

  it('E12 counts the bytes of all tunnels together, both ways', async () => {
    const egress = egressTo(await upstream((socket) => socket.write('y'.repeat(400))), { wireBytes: 1000 });
    const first = await dialled(egress);
    first.write(GET);
    await new Promise((done) => first.once('data', done));
    const second = await dialled(egress);
    const cut = cutOf(second);
    second.write(`${GET}${'z'.repeat(700)}`);
    expect(await cut).toMatch(/limit of bytes/);
  });

  it('E12 holds an upstream back when the client does not read, and a client back when the upstream does not', async () => {
    const [near, far] = duplexPair();
    const connect = () => Promise.resolve({ socket: near, remoteAddress: IP });
    const egress = createEgress({ kind: 'web', allowHosts: [], allowAssets: [] }, { ...worldOf({}).ports, connect });
    open.push(() => egress.close());
    const answer = await egress.dial(`${IP}:80`);
    if (!answer.ok) throw new Error(answer.reason);
    answer.socket.write(GET.replace('site.example', IP));
    await new Promise((done) => far.once('data', done));
    far.pause();
    pump(far);
    pump(answer.socket);
    await turns(300);
    const { bytesDown, bytesUp } = egress.records().totals;
    expect(bytesDown).toBeGreaterThan(0);
    expect(bytesDown).toBeLessThan(2 ** 20);
    expect(bytesUp).toBeLessThan(2 ** 20);
  });

  it('E12 refuses one tunnel too many and takes the next when one has ended', async () => {
    const egress = egressTo(await upstream(() => {}), { tunnels: 3 });
    const sockets = [await dialled(egress), await dialled(egress), await dialled(egress)];
    expect(await egress.dial('site.example:80')).toMatchObject({ ok: false, status: 429, code: 'egress_limit' });
    sockets[0]?.destroy();
    expect(await egress.dial('site.example:80')).toMatchObject({ ok: true });
  });

  it('E12 counts dials that are still under way as tunnels', async () => {
    const egress = egressTo(await upstream(() => {}), { tunnels: 3 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => egress.dial('site.example:80')));
    expect(answers.filter(({ ok }) => ok).length).toBeLessThanOrEqual(3);
  });

  it('E12 refuses connections beyond the count of the job', async () => {
    const egress = egressTo(null, { connections: 5 });
    for (let i = 0; i < 5; i++) expect(await egress.dial('site.example:80')).toMatchObject({ status: 502 });
    expect(await egress.dial('site.example:80')).toMatchObject({ ok: false, status: 429, code: 'egress_limit' });
  });

  it('E12 closes a tunnel in which no byte moves, and keeps one in which bytes move', async () => {
    const clock = handClock();
    const egress = egressTo(await upstream((socket) => socket.write('a')), { idleMs: 60_000 }, clock);
    const socket = await dialled(egress);
    const cut = cutOf(socket);
    clock.advance(59_000);
    socket.write(GET);
    await new Promise((done) => socket.once('data', done));
    clock.advance(59_000);
    expect(socket.destroyed).toBe(false);
    clock.advance(1_000);
    expect(await cut).toMatch(/no byte for 60 s/);
    expect(egress.records().connections).toMatchObject([{ verdict: 'closed', reason: null }]);
    expect(clock.waiting()).toBe(0);
  });

  it('E12 closes a tunnel whose client never finishes its first request', async () => {
    const clock = handClock();
    const egress = egressTo(await upstream(() => {}), { idleMs: 60_000 }, clock);
    const socket = await dialled(egress);
    const cut = cutOf(socket);
    socket.write('GET / HTTP/1.1\r\n');
    clock.advance(60_000);
    expect(await cut).toMatch(/no byte/);
    expect(egress.records().connections).toMatchObject([{ verdict: 'failed', reason: 'no byte for 60 s' }]);
  });

  it('E12 gives up on a name that does not resolve and on an address that does not answer', async () => {
    const clock = handClock();
    const never = new Promise<never>(() => {});
    const world = worldOf({ clock, names: { 'site.example': [IP] } });
    const policy = { kind: 'web', allowHosts: [], allowAssets: [] } as const;
    const started = Promise.withResolvers<void>();
    const hang = () => {
      started.resolve();
      return never;
    };
    const mute = createEgress(policy, { ...world.ports, resolve: hang });
    const first = mute.dial('site.example:80');
    await started.promise;
    clock.advance(5_000);
    expect(await first).toMatchObject({ ok: false, status: 504, code: 'host_unresolvable' });
    const connecting = Promise.withResolvers<void>();
    const dead = createEgress(policy, {
      ...world.ports,
      connect: () => {
        connecting.resolve();
        return never;
      },
    });
    const second = dead.dial(`${IP}:80`);
    await connecting.promise;
    clock.advance(10_000);
    expect(await second).toMatchObject({ ok: false, status: 504, code: 'host_unreachable' });
    expect(clock.waiting()).toBe(0);
  });

  it('E12 frees a tunnel whose upstream has gone and whose answer was read, and counts it until then', async () => {
    const egress = egressTo(await upstream((socket) => socket.destroySoon()), { tunnels: 1 });
    const socket = await dialled(egress);
    const cut = cutOf(socket);
    socket.write(GET);
    await turns(20);
    expect(await egress.dial('site.example:80')).toMatchObject({ ok: false, status: 429 });
    socket.once('end', () => socket.end()).resume();
    expect(await cut).toBeNull();
    expect(egress.records().connections[0]).toMatchObject({ verdict: 'closed', reason: null });
    expect(await egress.dial('site.example:80')).toMatchObject({ ok: true });
  });

  it('E12 cuts every tunnel when the job ends, and refuses later dials', async () => {
    const egress = egressTo(await upstream(() => {}), {});
    const cuts = [cutOf(await dialled(egress)), cutOf(await dialled(egress))];
    egress.close();
    egress.close();
    expect(await Promise.all(cuts)).toEqual(['the job has ended', 'the job has ended']);
    expect(await egress.dial('site.example:80')).toMatchObject({ ok: false, status: 403 });
  });
});

describe('the pinned address', () => {
  it('E6 refuses a connection that ended at another address than the one that was judged', async () => {
    const server = await upstream(() => {});
    const world = worldOf({
      names: { 'site.example': [IP] },
      servers: { [`${IP}:80`]: server },
      reports: () => '10.0.0.1',
    });
    const egress = createEgress({ kind: 'web', allowHosts: [], allowAssets: [] }, world.ports);
    expect(await egress.dial('site.example:80')).toMatchObject({ ok: false, status: 403 });
  });

  it('tries the next address of a name when the first does not answer', async () => {
    const server = await upstream(() => {});
    const world = worldOf({ names: { 'site.example': ['2606:4700::1', IP] }, servers: { [`${IP}:80`]: server } });
    const egress = createEgress({ kind: 'web', allowHosts: [], allowAssets: [] }, world.ports);
    open.push(() => egress.close());
    expect(await egress.dial('site.example:80')).toMatchObject({ ok: true });
    expect(world.dialled).toEqual(['[2606:4700::1]:80', `${IP}:80`]);
  });
});

describe('E15 a page with 100,000 hosts', () => {
  it('E15 keeps log and cache bounded, and every line printable', async () => {
    let names = 0;
    const world = worldOf({});
    const egress = createEgress(
      { kind: 'web', allowHosts: [], allowAssets: [], caps: { connections: 1_000_000 } },
      {
        ...world.ports,
        resolve: async () => {
          names++;
          throw new Error('ENOTFOUND');
        },
      },
    );
    for (let i = 0; i < 100_000; i++) await egress.dial(`h${i}.example:443`);
    await egress.dial('h0.example:443\r\nforged: line\u001b[2J\u202e');
    const log = egress.records();
    expect(log.connections).toHaveLength(2_000);
    expect(log.unlisted).toBe(98_001);
    expect(log.totals).toMatchObject({ connections: 100_001, failed: 100_000, denied: 1 });
    expect(names).toBe(100_000);
    const fresh = createEgress({ kind: 'web', allowHosts: [], allowAssets: [] }, world.ports);
    await fresh.dial('h0.example:443\r\nforged: line\u001b[2J\u202e');
    expect(fresh.records().connections[0]?.host).toMatch(/^[\x20-\x7e]*$/);
  });
});
