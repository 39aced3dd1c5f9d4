import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { knownOptions, strict } from './strict.ts';
import type { World } from './world.ts';

/** `utilityProcess`: a real child process whose messages are structured clones, with `process.parentPort` in it. */
export function createUtilityProcess(world: World) {
  return strict('utilityProcess', {
    fork: (entry: string, args: string[] = [], options: { stdio?: 'pipe'; serviceName?: string } = {}) => {
      if (!world.isReady) throw new Error('utilityProcess cannot be created before app is ready');
      knownOptions('utilityProcess.fork', options, ['stdio', 'serviceName']);
      const child = fork(entry, args, {
        serialization: 'advanced',
        execArgv: ['--import', join(import.meta.dirname, 'parent-port.ts')],
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      const utility = Object.assign(new EventEmitter(), {
        stdout: child.stdout,
        stderr: child.stderr,
        postMessage: (message: unknown) => {
          if (child.connected) child.send(message as object, () => {});
        },
        kill: () => child.kill('SIGTERM'),
      });
      // Undefined once it has ended.
      const pid = () => (child.exitCode === null && child.signalCode === null ? child.pid : undefined);
      Object.defineProperty(utility, 'pid', { get: pid });
      const begun = performance.now();
      const host: World['hosts'][number] = { pid: child.pid, firstWordMs: null, kill: () => child.kill('SIGKILL') };
      child.once('message', () => {
        host.firstWordMs = performance.now() - begun;
      });
      child.on('message', (message) => utility.emit('message', message));
      child.on('spawn', () => utility.emit('spawn'));
      child.on('exit', (code) => utility.emit('exit', code ?? 1));
      world.hosts.push(host);
      return strict('UtilityProcess', utility);
    },
  });
}
