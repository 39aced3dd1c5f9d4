import { expect, it } from 'vitest';
import { dataDiskResult } from './data-disk.ts';
import { lingerResult } from './linger.ts';
import { portResult } from './port.ts';
import { quadletResult } from './quadlets.ts';

it('a server needs its account to linger, and is told the one command', () => {
  expect(lingerResult('ann', true).status).toBe('ok');
  expect(lingerResult('ann', false)).toMatchObject({ status: 'missing', fix: 'sudo loginctl enable-linger ann' });
});

it.each([
  ['podman version 4.3.1', 'warning'],
  ['podman version 4.4.0', 'ok'],
  ['podman version 4.10.2', 'ok'],
  ['podman version 5.0.0-rc1', 'ok'],
  ['nonsense', 'warning'],
])('%s for Quadlets is %s', (text, status) => expect(quadletResult(text).status).toBe(status));

it('room for jobs is judged in two steps', () => {
  expect([1, 5, 50].map((free) => dataDiskResult(free, '/data').status)).toEqual(['broken', 'warning', 'ok']);
});

it('a taken port is a fault, unless our own server has it', () => {
  const at = { host: '127.0.0.1', port: 7070 };
  expect(portResult(at, null, false).status).toBe('ok');
  expect(portResult(at, 'EADDRINUSE', true).status).toBe('ok');
  expect(portResult(at, 'EADDRINUSE', false)).toMatchObject({
    status: 'broken',
    fix: expect.stringContaining('STAGEFLOW_PORT'),
  });
  expect(portResult({ ...at, port: 80 }, 'EACCES', false).detail).toMatch(/127\.0\.0\.1:80.*1024/);
});
