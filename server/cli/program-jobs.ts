import { type Command, Option } from 'commander';

/** Takes the exit code of a command that has begun. */
export type Done = (work: Promise<number> | number) => Promise<void>;

const remote = () =>
  new Option('--remote <name|url>', 'on a server instead of this machine; its token is stored or in STAGEFLOW_TOKEN');
const list = (text: string, before: string[]) => [
  ...before,
  ...text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
];

interface Place {
  readonly remote?: string;
}

/** Commands about jobs that exist: here, at a live engine, or on a server. Each action loads its own file. */
export function addJobCommands(program: Command, done: Done, signal: AbortSignal): void {
  const jobs = program.command('jobs').description('list, show, pause, resume, cancel, retry or remove jobs');
  jobs
    .command('list', { isDefault: true })
    .description('the newest jobs')
    .option('--json', 'print them as JSON')
    .addOption(remote())
    .action(async (options: Place & { json?: boolean }) => done((await import('./jobs.ts')).listJobs(options)));
  jobs
    .command('show')
    .description('one job: its state, progress and findings so far')
    .argument('<job>')
    .option('--json', 'print its whole view as JSON')
    .addOption(remote())
    .action(async (job: string, options: Place & { json?: boolean }) =>
      done((await import('./jobs.ts')).showJob(job, options)),
    );
  jobs
    .command('cancel')
    .description('end a job; what was found is kept as an incomplete report')
    .argument('<job>')
    .addOption(remote())
    .action(async (job: string, options: Place) => done((await import('./jobs.ts')).cancelJob(job, options)));
  jobs
    .command('retry')
    .description('make a new job that adopts what an ended one finished; here it is followed to its end')
    .argument('<job>')
    .option('--cell <page/module>', 'only this cell is scanned again; needs a server')
    .addOption(remote())
    .action(async (job: string, options: Place & { cell?: string }) => {
      if (options.remote !== undefined || options.cell !== undefined)
        return done((await import('./jobs.ts')).retryJob(job, options));
      const { scanCommand } = await import('./scan/command.ts');
      return done(scanCommand([], resuming(job), signal));
    });
  for (const [act, what] of [
    ['pause', 'hand out no more cells of a job until it is resumed; needs a server'],
    ['resume', 'go on with a paused job; needs a server'],
  ] as const)
    jobs
      .command(act)
      .description(what)
      .argument('<job>')
      .addOption(remote())
      .action(async (job: string, options: Place) => done((await import('./jobs.ts')).steerJob(act, job, options)));
  jobs
    .command('rm')
    .description('remove an ended job with its report and evidence')
    .argument('<job>')
    .addOption(remote())
    .action(async (job: string, options: Place) => done((await import('./jobs.ts')).removeJob(job, options)));

  program
    .command('report')
    .description("write an ended job's report in any form")
    .argument('<job>')
    .option('-o, --output <folder>', 'where the files go (default: stageflow-reports/<job>)')
    .option('-f, --format <list>', 'json, html, sarif, junit, csv, md, gitlab', list, [])
    .option('--json', 'print the report as JSON on stdout, and nothing else')
    .addOption(remote())
    .action(async (job: string, options) => done((await import('./report.ts')).reportCommand(job, options)));
  program
    .command('compare')
    .description('what is new, fixed, the same or not comparable between two jobs')
    .argument('<before>', 'the earlier job')
    .argument('<after>', 'the later job')
    .option('--fail-on <severity>', 'exit 1 when a new failure of this severity or worse is there')
    .option('--json', 'print it as JSON')
    .addOption(remote())
    .action(async (before: string, after: string, options) =>
      done((await import('./compare.ts')).compareCommand(before, after, options)),
    );
  program
    .command('share')
    .description('show what a link to the redacted report would expose, and make it; needs a server')
    .argument('<job>', 'with --revoke the share, as --list names it')
    .option('--expires <time>', 'how long it lasts, such as 12h, 7d or 4w', '7d')
    .option('--include <list>', 'also give har, raw, traces, transcripts, as they are', list, [])
    .option('--label <text>', 'a name for it in lists')
    .option('--preview', 'only show what it would expose')
    .option('--plain', "a plain address of report.html in the server's object store, at most 7 days; nothing is masked")
    .addOption(new Option('--list', 'show the links to the job').conflicts(['revoke', 'plain', 'preview']))
    .addOption(new Option('--revoke', 'take a link back').conflicts(['plain', 'preview']))
    .option('--yes', 'do not ask on a terminal')
    .option('--json', 'print it as JSON')
    .addOption(remote())
    .action(async (job: string, options) => {
      if (options.list === true) return done((await import('./shares.ts')).listShares(job, options));
      if (options.revoke === true) return done((await import('./shares.ts')).revokeShare(job, options));
      return done((await import('./share.ts')).shareCommand(job, options, signal));
    });
  program
    .command('export')
    .description('an ended job as one file: history, report, evidence and archive')
    .argument('<job>')
    .option('-o, --output <file>', 'the file to be made (default: stageflow-<job>.tar)')
    .addOption(remote())
    .action(async (job: string, options) => done((await import('./export.ts')).exportCommand(job, options)));
  program
    .command('import')
    .description('take in a job that `export` wrote; every hash is checked')
    .argument('<file>', 'the bundle; - is stdin')
    .option('--json', 'print its id and state as JSON')
    .addOption(remote())
    .action(async (file: string, options) => done((await import('./import.ts')).importCommand(file, options)));
  program
    .command('replay')
    .description("a job's history, step by step")
    .argument('<job>')
    .option('--check', 'fail when what is stored is not what the events tell')
    .option('--json', 'print it as JSON')
    .addOption(remote())
    .action(async (job: string, options) => done((await import('./replay.ts')).replayCommand(job, options)));
}

/** What `scan --resume <job>` is when nothing else was said. */
function resuming(job: string) {
  return {
    modules: [],
    format: [],
    minScore: [],
    pages: 'sample',
    crawl: true,
    robots: true,
    sitemap: true,
    device: 'desktop',
    scannerOption: [],
    allowAssets: [],
    allowHost: [],
    header: [],
    cookie: [],
    isolation: 'pod',
    progress: 'auto',
    resume: job,
  } as const;
}
