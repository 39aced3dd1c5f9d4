import { expect, it } from 'vitest';
import type { Check, CheckStatus } from '@stageflow/engine/preflight';
import { doctor, printDoctor } from './doctor.ts';

const check = (id: string, status: CheckStatus, fix: string | null = null): Check => ({
  id,
  title: `Part ${id}`,
  run: () => ({ status, detail: `It is ${status}.`, fix }),
});

it('ends with 0 when a scan can start: warnings, skipped parts and what the scan brings itself do not count', async () => {
  const checks = [
    check('a', 'ok'),
    check('b', 'warning'),
    check('c', 'skipped'),
    check('image', 'missing'),
    check('nats-server', 'missing'),
  ];
  expect((await doctor({ checks })).exitCode).toBe(0);
});

it.each(['missing', 'broken'] as const)('ends with 5 when a part is %s', async (status) => {
  expect((await doctor({ checks: [check('podman', status)] })).exitCode).toBe(5);
});

it('prints one row a part, under it the one command that mends it, and the verdict last', async () => {
  const text = printDoctor(
    await doctor({ checks: [check('a', 'ok'), check('podman', 'missing', 'sudo apt-get install -y podman')] }),
  );
  const lines = text.trimEnd().split('\n');
  expect(lines[0]).toContain('ok');
  expect(lines[1]).toContain('missing');
  expect(lines[2]).toMatch(/mend it: sudo apt-get install -y podman$/);
  expect(lines.at(-1)).toMatch(/Something is missing/);
});
