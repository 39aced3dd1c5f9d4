import { expect, test } from 'vitest';
import { exitFailure, lastWords } from './exit.ts';
import type { ExitReport } from './runtime.ts';

const report = (more: Partial<ExitReport>): ExitReport => ({
  role: 'runner',
  exitCode: 1,
  oomKilled: false,
  asked: false,
  stderr: '',
  ...more,
});

test.each<[string, Partial<ExitReport>, string]>([
  ['a container that ended with a code', { exitCode: 3 }, 'pod_crashed'],
  ['a container that left without being asked', { exitCode: 0 }, 'pod_crashed'],
  ['a process ended by a signal', { exitCode: null }, 'pod_crashed'],
  ['a container that somebody killed', { exitCode: 137 }, 'pod_killed'],
  ['a container whose monitor was killed', { exitCode: null, lost: true }, 'pod_lost'],
  ['a container ended for memory by the kernel', { exitCode: 137, oomKilled: true }, 'pod_oom'],
  [
    'a container ended for memory by the engine',
    { exitCode: 137, oomKilled: true, failure: { code: 'pod_oom', reason: 'x' } },
    'pod_oom',
  ],
  [
    'a container that broke the protocol',
    { exitCode: 137, failure: { code: 'bad_result', reason: 'x' } },
    'bad_result',
  ],
  ['a container of an old attempt', { exitCode: 1, failure: { code: 'fenced', reason: 'x' } }, 'fenced'],
  ['Podman that failed itself', { exitCode: 125 }, 'podman_failed'],
  ['a command that cannot be run', { exitCode: 126 }, 'podman_failed'],
  ['a command that is not in the image', { exitCode: 127 }, 'podman_failed'],
])('%s is a coded failure', (_name, more, code) => {
  expect(exitFailure(report(more)).code).toBe(code);
});

test.each([
  ['Error: short-name "x" did not resolve to an alias\n', 'short-name "x" did not resolve to an alias'],
  ['time="2026" level=warning msg="cgroups"\nError: no such image\n', 'no such image'],
  ['time="2026" level=error msg="runc: \\"clone\\" failed"\n', 'runc: "clone" failed'],
  ['', 'it ended without a word'],
])('the reason in %j is %j', (stderr, reason) => {
  expect(lastWords(stderr)).toBe(reason);
});
