/** An engine in a process of its own, to be killed: one pod, an extractor that serves and a runner that reads. */
import { handlersOf } from '../pod/pair.ts';
import { planFor, program } from '../pod/programs.ts';
import { realPodman } from '../pod/real-podman.ts';

const engineId = process.argv[2] ?? '';
const extractor = program(`
  const http = await import('node:http');
  const server = http.createServer((request, response) => response.end('served over the loopback'));
  server.listen(8080, '127.0.0.1', () => engine.send({ type: 'fatal', code: 'internal', reason: 'listening' }));
  await engine.next('page');`);
const runner = program(`
  await engine.next('site');
  const answer = await fetch('http://127.0.0.1:8080/');
  await engine.send({ type: 'fatal', code: 'internal', reason: await answer.text() });
  await engine.next('page');`);

const podman = await realPodman(engineId);
const pod = await podman.runtime({ extractor, runner }).create(planFor(engineId, podman.image, { source: 'zip' }));
const listening = Promise.withResolvers<void>();
const forEver = new Promise<'wait'>(() => undefined);
await pod.start(
  'extractor',
  handlersOf({
    message: async () => {
      listening.resolve();
      return { skip: false };
    },
    next: () => forEver,
  }),
);
await pod.start(
  'runner',
  handlersOf({
    message: async (message) => {
      if (message.type === 'fatal') process.stdout.write(`the runner read: ${message.reason}\n`);
      return { skip: false };
    },
    // The lane `site` tells the runner when the extractor listens.
    next: ({ lane }) => (lane === 'site' ? listening.promise.then(() => 'done' as const) : forEver),
  }),
);
