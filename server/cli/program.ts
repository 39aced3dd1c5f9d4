import { EXIT, StageflowError } from '@stageflow/engine/kernel';
import { Argument, Command, CommanderError, Option } from 'commander';
import { addFolderCommands } from './program-folder.ts';
import { addJobCommands } from './program-jobs.ts';

const list = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
const collect = (text: string, before: string[]) => [...before, text];
const collectList = (text: string, before: string[]) => [...before, ...list(text)];
const formats = (text: string, before: string[]) => [...before, ...(list(text).length === 0 ? [text] : list(text))];
const modules = (text: string, before: string[]) => {
  if (list(text).length === 0) throw new StageflowError('no_modules');
  return collectList(text, before);
};
const wholeNumber = (name: string, least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new StageflowError('bad_option', {
      option: name,
      value: text,
      reason: `it must be a whole number from ${least} to ${most}`,
    });
  }
  return value;
};

/** The commands and their options. Each action loads its own file, so that `--help` starts nothing. */
export function buildProgram(signal: AbortSignal): { run(argv: readonly string[]): Promise<number> } {
  let code: number = EXIT.pass;
  const program = new Command('stageflow')
    .description('Audits websites: a ZIP of a static build, a folder or URLs in, one report with evidence out.')
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .addHelpText('after', EXAMPLES);

  const scan = program
    .command('scan')
    .description('scan a ZIP, a folder or one or more URLs and write one report')
    .argument('[targets...]', 'a .zip file, a folder, or URLs')
    .option(
      '-m, --modules <list>',
      'scanner modules, separated by commas (default: all that are on by default)',
      modules,
      [],
    )
    .option('-o, --output <folder>', 'write the report files here')
    .option('-f, --format <list>', 'json, html, sarif, junit, csv, md, gitlab', formats, [])
    .option('--json', 'print the report as JSON on stdout, and nothing else')
    .option('--fail-on <severity>', 'exit 1 when a failure of this severity or worse is found')
    .option('--min-score <module=0-100>', 'exit 1 when a score is below; may be given several times', collect, [])
    .option('--allow-incomplete', 'do not exit 3 when a page or module could not be scanned')
    .addOption(
      new Option('--pages <which>', 'which pages costly modules look at').choices(['sample', 'all']).default('sample'),
    )
    .option('--max-pages <n>', 'most pages to visit', wholeNumber('--max-pages', 1, 100_000))
    .option('--depth <n>', 'most clicks away from the start page', wholeNumber('--depth', 0, 1000))
    .option('--no-crawl', 'scan exactly the given URLs, follow no links')
    .option('--no-robots', 'do not obey robots.txt')
    .option('--no-sitemap', 'do not read sitemap.xml')
    .addOption(
      new Option('--device <device>', 'screen and user agent').choices(['desktop', 'mobile']).default('desktop'),
    )
    .option(
      '--lighthouse-runs <n>',
      'Lighthouse runs per page; the median counts',
      wholeNumber('--lighthouse-runs', 1, 9),
    )
    .option('--scanner-option <scanner.name=value>', 'set an option of a scanner', collect, [])
    .option('--site-url <url>', 'ZIP or folder: the address at which this build will live')
    .option('--allow-assets <hosts>', 'ZIP or folder: hosts from which assets may be loaded', collectList, [])
    .option('--allow-host <host:port>', 'a private address that is yours, such as 127.0.0.1:8080', collectList, [])
    .option('--header <name: value>', 'request header for the scanned site', collect, [])
    .option('--cookie <name=value>', 'cookie for the scanned site', collect, [])
    .option('--basic-auth <user:password>', 'HTTP authentication for the scanned site')
    .option('--storage-state <file>', "a login saved by Playwright's storageState")
    .option('--timeout <seconds>', 'longest time for the whole scan', wholeNumber('--timeout', 1, 86_400))
    .option('--page-timeout <seconds>', 'longest time for one page', wholeNumber('--page-timeout', 5, 600))
    .option('--memory <MiB>', 'memory for the scan container', wholeNumber('--memory', 512, 65_536))
    .addOption(
      new Option('--isolation <kind>', 'process: without Podman, only for a build of your own')
        .choices(['pod', 'process'])
        .default('pod'),
    )
    .addOption(
      new Option('--progress <kind>', 'how progress is shown on stderr')
        .choices(['auto', 'line', 'plain', 'ndjson', 'none'])
        .default('auto'),
    )
    .option('--resume [job]', 'go on with the last unfinished or cancelled scan, or with the named one')
    .option('--label <text>', 'a name for this scan in lists')
    .option('--remote <name|url>', 'run it on a server; its token is stored or in STAGEFLOW_TOKEN')
    .action(async (targets: string[], options) => {
      const { scanCommand } = await import('./scan/command.ts');
      code = await scanCommand(targets, options, signal);
    });
  scan.exitOverride();

  program
    .command('server')
    .description('serve the HTTP API until it is stopped; settings are STAGEFLOW_* variables')
    .option('--new-token', "make and print another administrator's token")
    .option('--allow-reduced-durability', 'serve on a queue that can lose accepted jobs at a power loss')
    .action(async (options: { newToken?: boolean; allowReducedDurability?: boolean }) => {
      const { serverCommand } = await import('./server-command.ts');
      code = await serverCommand(options, signal);
    });

  program
    .command('desktop')
    .description('open the desktop app, with archives or folders to scan')
    .argument('[files...]', 'ZIP files or folders')
    .action(async (files: string[]) => {
      const { desktopCommand } = await import('./desktop-command.ts');
      code = await desktopCommand(files, (line) => process.stderr.write(`${line}\n`));
    });

  program
    .command('doctor')
    .description('show every part that is found or missing, and the one command that mends it')
    .option('--json', 'print the checks as JSON')
    .option('--archive <file>', 'judge a ZIP archive without scanning it')
    .option('--server', 'look also at what a server needs: lingering, Quadlets, disk, port')
    .action(async (options: { json?: boolean; archive?: string; server?: boolean }) => {
      const { doctorCommand } = await import('./doctor-command.ts');
      code = await doctorCommand(options);
    });

  const done = async (work: Promise<number> | number) => {
    code = await work;
  };
  addJobCommands(program, done, signal);
  addFolderCommands(program, done);

  program
    .command('test')
    .description("set up the machine and run this project's own tests")
    .argument('[files...]', 'only these test files')
    .option(
      '--ci',
      'run failed files a second time; as root also run the integration suite once more as an ordinary user',
    )
    .option('--integration', 'only the integration suite')
    .action(async (files: string[], options: { ci?: boolean; integration?: boolean }) => {
      const { testCommand } = await import('./test-command.ts');
      code = await testCommand(files, options);
    });

  program
    .command('bench')
    .description('measure scans, the server, the report or the window on this machine')
    .addArgument(new Argument('[part]').choices(['scans', 'server', 'report', 'app']).default('scans'))
    .argument('[more...]', 'for the server: streams, submit, upload, lifecycles, warm')
    .action(async (part: 'scans' | 'server' | 'report' | 'app', more: string[]) => {
      const { benchCommand } = await import('./bench-command.ts');
      code = await benchCommand(part, more);
    });

  return {
    run: async (argv) => {
      try {
        await program.parseAsync(argv, { from: 'user' });
        return code;
      } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        if (error.exitCode === 0) return EXIT.pass;
        if (error.code === 'commander.help') {
          process.stdout.write(program.helpInformation());
          return EXIT.usage;
        }
        const problem = error.message.replace(/^error: /, '');
        throw new StageflowError('usage', {
          problem: `${problem.charAt(0).toUpperCase()}${problem.slice(1)}${/[.)]$/.test(problem) ? '' : '.'}`,
        });
      }
    },
  };
}

const EXAMPLES = `
Examples:
  ./stageflow scan dist.zip                         scan a build
  ./stageflow scan https://example.org -m axe,seo   crawl a site with two modules
  ./stageflow scan dist --fail-on serious -f sarif,junit -o out
  ./stageflow scan http://localhost:3000 --allow-host localhost:3000
  ./stageflow scan dist --remote team               run it on a server, with the report and exit code here

Exit codes: 0 pass, 1 policy failed, 2 usage or refused input, 3 incomplete, 4 nothing scanned, 5 environment, 130 interrupted.`;
