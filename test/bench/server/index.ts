/**
 * `npm run bench:server`: the server's own figures, on real TCP, a ledger on disk and a real nats-server; only the pods are stubbed, except for `warm`. A figure is
 * only as good as the machine was quiet, so its load is printed too. `npm run bench:server -- streams submit` measures some of them.
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { benchLifecycles } from './lifecycles.ts';
import { type Row, startTarget, type Target } from './orders.ts';
import { benchStreams } from './streams.ts';
import { benchSubmit } from './submit.ts';
import { benchUpload } from './upload.ts';
import { benchWarm } from './warm.ts';

const BENCHES: Readonly<Record<string, (target: Target) => Promise<readonly Row[]>>> = {
  streams: benchStreams,
  submit: benchSubmit,
  upload: benchUpload,
  lifecycles: benchLifecycles,
};

/** Those that start a server of their own, with real pods. */
const WHOLE: Readonly<Record<string, () => Promise<readonly Row[]>>> = { warm: benchWarm };

const load = () => (loadavg()[0] ?? 0).toFixed(1);
const asked = process.argv.slice(2);
const loads = [load()];
const rows: Row[] = [];
const measure = async (name: string, bench: () => Promise<readonly Row[]>) => {
  if (asked.length > 0 && !asked.includes(name)) return;
  process.stderr.write(`${name} …\n`);
  try {
    rows.push(...(await bench()));
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 5;
  }
  loads.push(load());
};
for (const [name, bench] of Object.entries(BENCHES)) {
  await measure(name, async () => {
    // A server of its own for each: what one leaves behind is not the next one's.
    const target = await startTarget();
    return bench(target).finally(() => target.end());
  });
}
for (const [name, bench] of Object.entries(WHOLE)) await measure(name, bench);
const machine = `${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
process.stdout.write(
  `${[`${machine}; load of the last minute before, between and after: ${loads.join(', ')}`, '', '| what | seen | aim |', '|---|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n')}\n`,
);
