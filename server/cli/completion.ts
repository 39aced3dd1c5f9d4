import type { Command } from 'commander';

/** Shells for which a script can be made. */
export type Shell = 'bash' | 'zsh' | 'fish';

/** What may follow a command: its subcommands and its options. The root's name is ''. */
interface Words {
  readonly path: string;
  readonly words: readonly string[];
}

function wordsOf(command: Command, path: string): Words[] {
  const subcommands = command.commands.map((sub) => sub.name());
  const options = command.options.flatMap((option) => option.long ?? []);
  return [
    { path, words: [...subcommands, ...options, '--help'] },
    ...command.commands.flatMap((sub) => wordsOf(sub, path === '' ? sub.name() : `${path} ${sub.name()}`)),
  ];
}

/** A script that completes commands and options, and files everywhere else. To be read by the shell: `source <(./stageflow completion bash)`. */
export function completionScript(program: Command, shell: Shell): string {
  const all = wordsOf(program, '');
  if (shell === 'fish') return fish(all);
  const head = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : '';
  // `path` and `words` would be zsh's own.
  const cases = all.map(({ path, words }) => `    "${path}") offers="${words.join(' ')}" ;;`);
  const known = all.map(({ path }) => `"${path}"`).join('|');
  return `${head}_stageflow() {
  local so_far="" next offers="" at
  for ((at = 1; at < COMP_CWORD; at++)); do
    next="\${so_far:+$so_far }\${COMP_WORDS[at]}"
    case "$next" in ${known}) so_far="$next" ;; *) break ;; esac
  done
  case "$so_far" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$offers" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _stageflow stageflow ./stageflow
`;
}

function fish(all: readonly Words[]): string {
  const lines = all.flatMap(({ path, words }) => {
    const seen =
      path === ''
        ? '__fish_use_subcommand'
        : path
            .split(' ')
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join('; and ');
    const subcommands = words.filter((word) => !word.startsWith('--'));
    const options = words.filter((word) => word.startsWith('--'));
    return [
      ...(subcommands.length > 0 ? [`complete -c stageflow -n '${seen}' -a '${subcommands.join(' ')}'`] : []),
      ...options.map((option) => `complete -c stageflow -n '${seen}' -l ${option.slice(2)}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}
