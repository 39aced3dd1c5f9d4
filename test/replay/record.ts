/**
 * Records a history of every path through real parts: `node test/replay/record.ts`. Run it when an event's shape changes; the old
 * histories stay, under their own names, because what was recorded must be readable for ever.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nextState } from '../../engine/fsm/index.ts';
import { systemClock } from '../../engine/kernel/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';
import { createHome, jobIds, processes, startCli } from '../e2e/cli.ts';
import { serveSite } from '../e2e/site-server.ts';

const HISTORIES = join(import.meta.dirname, 'histories');
const folder = mkdtempSync(join(tmpdir(), 'stageflow-record-'));
const html = (title: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><main><h1>${title}</h1><p><a href="two.html">The second page</a></p></main></body></html>`;
const files = new Map([
  ['index.html', Buffer.from(html('The first page'))],
  ['two.html', Buffer.from(html('The second page'))],
]);
mkdirSync(join(folder, 'site'));
for (const [name, bytes] of files) writeFileSync(join(folder, 'site', name), bytes);
// One entry that leads out of the archive: stored, no data, path `../x`.
const name = Buffer.from('../x');
const entry = (signature: number[], middle: number[]) => Buffer.from([...signature, ...middle]);
const local = Buffer.concat([
  entry([0x50, 0x4b, 3, 4], [20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x5c, ...Array(12).fill(0), name.length, 0, 0, 0]),
  name,
]);
const central = Buffer.concat([
  entry(
    [0x50, 0x4b, 1, 2],
    [
      20,
      0,
      20,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0x21,
      0x5c,
      ...Array(12).fill(0),
      name.length,
      0,
      ...Array(12).fill(0),
      ...Array(4).fill(0),
    ],
  ),
  name,
]);
const end = entry([0x50, 0x4b, 5, 6], [0, 0, 0, 0, 1, 0, 1, 0, central.length, 0, 0, 0, local.length, 0, 0, 0, 0, 0]);
writeFileSync(join(folder, 'refused.zip'), Buffer.concat([local, central, end]));

const server = await serveSite(files);
const modules = ['-m', 'seo,security-headers', '--progress', 'ndjson'];

/** Runs one story and writes its job's events. */
async function record(
  story: string,
  args: readonly string[],
  meddle: (run: ReturnType<typeof startCli>, home: string) => Promise<void> = async () => {},
) {
  const home = createHome();
  const run = startCli(['scan', ...args, ...modules], { home: home.path });
  await meddle(run, home.path);
  const { code, stderr } = await run.done;
  const ledger = openLedger({ path: join(home.path, 'ledger.db'), clock: systemClock, nextState });
  const job = ledger.jobs()[0];
  if (!job) throw new Error(`${story} left no job:\n${stderr}`);
  writeFileSync(
    join(HISTORIES, `${story}.json`),
    `${JSON.stringify({ story, exit: code, state: job.state, failureCode: job.failureCode, events: ledger.events(job.id) }, null, 1)}\n`,
  );
  ledger.close();
  home.dispose();
  process.stdout.write(`${story}: ${job.state} (exit ${code})\n`);
}

const urls = [server.origin, '--allow-host', server.host];
mkdirSync(HISTORIES, { recursive: true });
await record('zip', [join(folder, 'site')]);
await record('urls', urls);
await record('refused-archive', [join(folder, 'refused.zip')]);
await record('crashed-pod', urls, async (run, home) => {
  await run.line(/scan\.events\.page\.visited/);
  for (const { pid } of processes(
    new RegExp(
      jobIds(home)
        .map((id) => `conmon.*stageflow-${id}-1-runner`)
        .join('|'),
    ),
  ))
    process.kill(pid, 'SIGKILL');
});
await record('cancelled', urls, async (run) => {
  await run.line(/scan\.events\.page\.discovered/);
  run.child.kill('SIGINT');
});
await server.close();
rmSync(folder, { recursive: true, force: true });
