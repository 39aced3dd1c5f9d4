import { readFileSync } from 'node:fs';

/** Processes that show pages, below a process; those that end meanwhile are left out. */
export function renderersBelow(root: number): number[] {
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  };
  const children = read(`/proc/${root}/task/${root}/children`).split(' ').filter(Boolean).map(Number);
  return children.flatMap((pid) => [
    ...(read(`/proc/${pid}/cmdline`).includes('--type=renderer') ? [pid] : []),
    ...renderersBelow(pid),
  ]);
}

/** Chromium's main processes below a process. */
export function browsersBelow(root: number): number[] {
  const children = readFileSync(`/proc/${root}/task/${root}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return children.flatMap((pid) => {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return command.includes('chromium') && !command.includes('--type=') ? [pid] : browsersBelow(pid);
  });
}
