/**
 * `npm run bench:server`: the server's own figures, on real TCP, a ledger on disk and a real nats-server; only the pods are stubbed. A figure is
 * only as good as the machine was quiet, so its load is printed too. `npm run bench:server -- streams submit` measures some of them.
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { benchLifecycles } from './lifecycles.ts';
import { type Row, startTarget, type Target } from './orders.ts';
import { benchStreams } from './streams.ts';
import { benchSubmit } from './submit.ts';
import { benchUpload } from './upload.ts';

const BENCHES: Readonly<Record<string, (target: Target) => Promise<readonly Row[]>>> = {
  streams: benchStreams,
  submit: benchSubmit,
  upload: benchUpload,
  lifecycles: benchLifecycles,
};

const load = () => (loadavg()[0] ?? 0).toFixed(1);
const asked = process.argv.slice(2);
const loads = [load()];
const rows: Row[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  // A server of its own for each: what one leaves behind is not the next one's.
  const target = await startTarget();
  try {
    rows.push(...(await bench(target)));
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 5;
  }
  await target.end();
  loads.push(load());
}
const machine = `${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
process.stdout.write(
  `${[`${machine}; load of the last minute before, between and after: ${loads.join(', ')}`, '', '| what | seen | aim |', '|---|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n')}\n`,
);
