/** An engine in a process of its own, to be killed: starts one runner with a child, says both process ids, and waits. */
import path from 'node:path';
import { createProcessRuntime } from '../../../engine/pod/index.ts';
import { handlersOf } from './pair.ts';
import { planFor, program } from './programs.ts';

const runner = program(
  `const { spawn } = await import('node:child_process');
   const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
   await engine.send({ type: 'fatal', code: 'internal', reason: JSON.stringify({ runner: process.pid, child: child.pid }) });
   await engine.next('page');`,
  path.resolve(import.meta.dirname, '../../..'),
);
const runtime = createProcessRuntime({ engineId: 'e1', folder: process.argv[2] ?? '', programs: { runner } });
const pod = await runtime.create(planFor('e1', 'none'));
await pod.start(
  'runner',
  handlersOf({
    message: async (message) => {
      if (message.type === 'fatal') process.stdout.write(`${message.reason}\n`);
      return { skip: false };
    },
    next: () => new Promise(() => undefined),
  }),
);
