import { EXIT, StageflowError } from '@stageflow/engine/kernel';
import { Argument, type Command, Option } from 'commander';
import type { Shell } from './completion.ts';
import type { Done } from './program-jobs.ts';

/** Asked for, as other commands know it, and refused with what does the same (docs/adr/0015). */
const nowhereElse = () =>
  new Option('--remote <name|url>').hideHelp().argParser(() => {
    throw new StageflowError('usage', {
      problem:
        'Backups are made and brought back on their own machine: run it there over ssh and copy the folder. Single jobs move with `export --remote` and `import --remote`.',
    });
  });

/** Commands about the data folder itself and the servers that it knows. */
export function addFolderCommands(program: Command, done: Done): void {
  program
    .command('backup')
    .description('copy ledger, reports and evidence into a new folder, also while an engine runs')
    .requiredOption('-o, --output <folder>', 'the folder to be made')
    .option('--json', 'print the manifest as JSON')
    .addOption(nowhereElse())
    .action(async (options: { output: string; json?: boolean }) =>
      done((await import('./backup.ts')).backupCommand(options)),
    );
  program
    .command('restore')
    .description('bring a backup into an empty data folder; every hash is checked first')
    .argument('<folder>', 'what `backup -o` made')
    .option('--force', 'also into a folder in use: what is there is moved aside')
    .addOption(nowhereElse())
    .action(async (folder: string, options: { force?: boolean }) =>
      done((await import('./backup.ts')).restoreCommand(folder, options)),
    );
  const remotes = program.command('remote').description('servers that --remote may name');
  remotes
    .command('add')
    .description('keep a server under a name, with a token from STAGEFLOW_TOKEN or a file')
    .argument('<name>')
    .argument('<url>')
    .option('--token-file <file>', 'read the token from here; - is stdin')
    .action(async (name: string, url: string, options: { tokenFile?: string }) =>
      done((await import('./remote.ts')).addRemote(name, url, options)),
    );
  remotes
    .command('list', { isDefault: true })
    .description('names and addresses')
    .option('--json', 'print them as JSON')
    .action(async (options: { json?: boolean }) => done((await import('./remote.ts')).listRemotes(options)));
  remotes
    .command('rm')
    .description('forget a server and its token')
    .argument('<name>')
    .action(async (name: string) => done((await import('./remote.ts')).removeRemote(name)));
  program
    .command('completion')
    .description('print a script that completes commands in a shell; source it')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./completion.ts');
      process.stdout.write(completionScript(program, shell));
      return done(EXIT.pass);
    });
}
