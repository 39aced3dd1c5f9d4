import { defaultDataFolder, readJobs } from '@stageflow/engine';
import { EXIT } from '@stageflow/engine/kernel';
import { printable } from './scan/progress.ts';

/** `./stageflow jobs`: the newest jobs of this data folder, without starting an engine. */
export async function jobsCommand(options: { readonly json?: boolean }): Promise<number> {
  const jobs = readJobs(defaultDataFolder());
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(jobs, null, 2)}\n`);
    return EXIT.pass;
  }
  if (jobs.length === 0) process.stdout.write('No scans yet. Start one with: ./stageflow scan dist.zip\n');
  for (const job of jobs) {
    const ended = job.failureCode === null ? job.state : `${job.state} (${job.failureCode})`;
    process.stdout.write(
      `${job.id}  ${new Date(job.createdAt).toISOString()}  ${ended.padEnd(20)}  ${printable(job.source)}\n`,
    );
  }
  return EXIT.pass;
}
