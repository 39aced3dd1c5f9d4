import type { Row, Target } from './orders.ts';

/** Jobs through the whole machine with stubbed pods, beside what the same nats-server acknowledges when nothing but it works. */
export async function benchLifecycles(target: Target): Promise<readonly Row[]> {
  const one = await target.tell({ do: 'raw', count: 2000, width: 1 });
  const many = await target.tell({ do: 'raw', count: 8000, width: 50 });
  await target.tell({ do: 'lifecycles', jobs: 20, width: 4 });
  const alone = await target.tell({ do: 'lifecycles', jobs: 60, width: 1 });
  const wide = await target.tell({ do: 'lifecycles', jobs: 300, width: 16 });
  const rate = (figure: number) => figure.toFixed(0);
  return [
    [
      'raw publish and acknowledgement of the same nats-server, 1 / 50 in flight',
      `${rate(one.figure)} / ${rate(many.figure)} a second`,
      '',
    ],
    ['job lifecycles, one job at a time', `${alone.figure.toFixed(1)} a second (${rate(alone.other)} events)`, ''],
    ['job lifecycles, 16 jobs at a time', `${wide.figure.toFixed(1)} a second (${rate(wide.other)} events)`, ''],
    [
      '  its events (recorded, published, received, folded) to raw acknowledgements, 1 / 50 in flight',
      `${(wide.other / one.figure).toFixed(2)} / ${(wide.other / many.figure).toFixed(2)}`,
      '>= 0.33',
    ],
    [
      '  whole jobs to raw acknowledgements, 1 / 50 in flight',
      `${(wide.figure / one.figure).toFixed(3)} / ${(wide.figure / many.figure).toFixed(3)}`,
      '',
    ],
  ];
}
