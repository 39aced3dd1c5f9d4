import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Row, Target } from './orders.ts';

const MIB = 2 ** 20;

/** The server's memory while it takes the largest archive that it takes. The bytes are no site: how they end is of no interest here. */
export async function benchUpload(target: Target, size = 200 * MIB): Promise<readonly Row[]> {
  const before = await target.tell({ do: 'memory' });
  await target.tell({ do: 'watch' });
  const began = performance.now();
  const status = await send(target, size);
  const seconds = (performance.now() - began) / 1000;
  const { figure: peak } = await target.tell({ do: 'peak' });
  if (status !== 202) throw new Error(`the archive was answered ${status}`);
  return [
    [
      `memory during an upload of ${size / MIB} MiB, peak (before it)`,
      `${peak.toFixed(0)} MiB (${before.figure.toFixed(0)} MiB), ${(size / MIB / seconds).toFixed(0)} MiB/s`,
      '< 200 MiB',
    ],
  ];
}

function send({ port, token }: Target, size: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/api/v1/jobs/zip?filename=large.zip',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/zip', 'content-length': size },
      },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode));
      },
    );
    sent.on('error', reject);
    const piece = randomBytes(64 * 1024);
    const first = Buffer.from(piece);
    first.write('PK\u0003\u0004', 'latin1');
    let left = size;
    const more = () => {
      while (left > 0) {
        const chunk = left === size ? first : piece.subarray(0, Math.min(left, piece.length));
        left -= chunk.length;
        if (!sent.write(chunk)) return void sent.once('drain', more);
      }
      sent.end();
    };
    more();
  });
}
