import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { completionScript } from './completion.ts';

const program = new Command('stageflow');
program.command('scan').option('--fail-on <severity>').option('--format <list>');
const jobs = program.command('jobs');
jobs.command('list').option('--json');
jobs.command('show').option('--remote <name>');

/** What bash offers for the words so far; the last one is being typed. */
function offered(...words: string[]): string[] {
  const script = `${completionScript(program, 'bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _stageflow; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((word) => word !== '');
}

describe('completion in bash', () => {
  it('offers commands, then what the command takes', () => {
    expect(offered('./stageflow', '')).toEqual(['scan', 'jobs', '--help']);
    expect(offered('./stageflow', 'scan', '--f')).toEqual(['--fail-on', '--format']);
    expect(offered('./stageflow', 'jobs', 's')).toEqual(['show']);
    expect(offered('./stageflow', 'jobs', 'show', '--')).toEqual(['--remote', '--help']);
  });

  it('goes on offering options after an argument', () => {
    expect(offered('./stageflow', 'scan', 'dist.zip', '--fo')).toEqual(['--format']);
  });
});

it('fish is told of every command and option', () => {
  const script = completionScript(program, 'fish');
  expect(script).toContain("complete -c stageflow -n '__fish_use_subcommand' -a 'scan jobs'");
  expect(script).toContain('__fish_seen_subcommand_from jobs; and __fish_seen_subcommand_from show');
});
