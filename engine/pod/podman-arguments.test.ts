import { describe, expect, test } from 'vitest';
import { planPod } from './plan.ts';
import { heapMiB, hostNotes, podArguments, runArguments } from './podman-arguments.ts';
import type { HostLimits } from './podman-arguments.ts';

const plan = planPod({
  jobId: 'j1',
  attempt: 2,
  engineId: 'e1',
  image: 'localhost/stageflow/scanner:1',
  source: 'zip',
  memoryMiB: 2048,
  cpus: 2,
  unpackedBytes: 100 * 2 ** 20,
});
const bare: HostLimits = { cgroup: { version: 1, controllers: [], limits: false }, seccompProfile: '/etc/our.json' };
const full: HostLimits = { ...bare, cgroup: { version: 2, controllers: ['memory', 'pids', 'cpu'], limits: true } };
const noCpu: HostLimits = { ...bare, cgroup: { version: 2, controllers: ['memory', 'pids'], limits: true } };

test('a pod has no network, is labelled with engine, job and attempt, and shares only its loopback', () => {
  expect(podArguments(plan).join(' ')).toBe(
    'pod create --replace --name stageflow-j1-2 --label io.stageflow.engine=e1 --label io.stageflow.job=j1 --label io.stageflow.attempt=2 --network none --share net',
  );
});

describe('U13 the arguments of a container', () => {
  const text = runArguments(plan, 'runner', full).join(' ');

  test.each([
    '--cap-drop all',
    '--security-opt no-new-privileges',
    '--security-opt seccomp=/etc/our.json',
    '--read-only --read-only-tmpfs=false',
    '--tmpfs /tmp:rw,nosuid,nodev,noexec,size=1024m,mode=1777',
    '--shm-size 256m',
    '--log-driver none',
    '--init',
    '--rm',
    '--pull never',
    '--ulimit nofile=4096:4096',
  ])('hold %s', (part) => expect(text).toContain(part));

  test.each([
    '--volume',
    '-v ',
    '--mount',
    '--privileged',
    '--device',
    '--network',
    '--userns',
    '--cap-add',
    '--env-host',
  ])('never hold %s', (part) => expect(text).not.toContain(part));
});

test('limits are given only where the machine enforces them', () => {
  expect(runArguments(plan, 'runner', full).join(' ')).toContain(
    '--memory 2048m --memory-swap 2048m --pids-limit 1024 --cpus 2',
  );
  expect(runArguments(plan, 'runner', noCpu)).not.toContain('--cpus');
  expect(runArguments(plan, 'runner', bare).join(' ')).not.toMatch(/--memory|--pids-limit|--cpus/);
});

test('U11 what does not hold here is said in the report', () => {
  expect(hostNotes(full)).toEqual([]);
  expect(hostNotes(noCpu)).toHaveLength(1);
  expect(hostNotes(bare).join()).toContain('Reduced isolation');
});

test('the tmpfs of an extractor has room for the archive and what it unpacks to', () => {
  expect(runArguments(plan, 'extractor', bare).join(' ')).toContain('size=356m');
});

test.each([
  ['extractor', 4096, 320],
  ['runner', 1024, 512],
  ['runner', 2048, 819],
  ['runner', 16_384, 2048],
] as const)('the heap of a %s with %i MiB is %i MiB', (role, memory, heap) => {
  expect(heapMiB(role, memory)).toBe(heap);
});
