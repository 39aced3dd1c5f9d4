import { connect, type Socket } from 'node:net';
import { percentile, type Row, type Target } from './orders.ts';

/** A client of the list stream over its own connection; `onTime` is told the time that each event bears. */
function openClient({ port, token }: Target, onTime: (time: number) => void): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  socket.write(
    `GET /api/v1/stream HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\naccept: text/event-stream\r\n\r\n`,
  );
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('a stream was ended')));
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (text.includes('event: snapshot')) resolve(socket);
      for (const [, time] of text.matchAll(/"seq":\d+,"time":(\d+)/g))
        if (!text.includes('snapshot')) onTime(Number(time));
    });
  });
}

/** How soon a recorded event is with 1,000 clients, and what an idle client costs. */
export async function benchStreams(target: Target, clients = 1000): Promise<readonly Row[]> {
  const delays: number[] = [];
  const note = (time: number) => delays.push(Date.now() - time);
  const sockets: Socket[] = [];
  const join = async (count: number) => {
    for (let n = 0; n < count; n += 50)
      sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => openClient(target, note)))));
  };
  // What the first clients cost is the code that serves them and the room for garbage of a busy server, not they.
  for (let n = 0; n < 5000; n += 1)
    await fetch(`http://127.0.0.1:${target.port}/api/v1/session`, {
      headers: { authorization: `Bearer ${target.token}` },
    }).then((answer) => answer.arrayBuffer());
  await join(200);
  await target.tell({ do: 'publish', perSecond: 10, seconds: 2 });
  const before = await target.tell({ do: 'memory' });
  await join(clients);
  const after = await target.tell({ do: 'memory' });
  for (const socket of sockets.splice(0, 200)) socket.removeAllListeners('close').destroy();
  delays.length = 0;
  const { figure: published } = await target.tell({ do: 'publish', perSecond: 5, seconds: 20 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  // The job, its first page, and for every visit but the first one the page that was found with it.
  const expected = clients * (2 + 2 * published - 1);
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
  const each = (a: number, b: number) => `${(((a - b) * 1024) / clients).toFixed(1)} KB`;
  return [
    [
      `event recorded until it is with a client, ${clients} clients over TCP, p50 / p99 / most`,
      `${percentile(delays, 0.5)} / ${percentile(delays, 0.99)} / ${percentile(delays, 1)} ms (${delays.length} of ${expected} came)`,
      'p99 < 100 ms',
    ],
    [
      `memory of an idle client, resident (of it heap)`,
      `${each(after.figure, before.figure)} (${each(after.other, before.other)})`,
      '< 30 KB',
    ],
  ];
}
