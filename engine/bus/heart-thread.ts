import { parentPort, workerData } from 'node:worker_threads';
import { connect } from '@nats-io/transport-node';
import type { HeartSettings, HeartWord } from './heart.ts';

const { url, token, name, everyMs, patienceMs } = workerData as HeartSettings;
/** What JetStream takes for "still at work" on a message's reply subject. */
const WORKING = '+WPI';

const replies = new Map<number, string>();
let heard = performance.now();

parentPort?.on('message', (word: HeartWord) => {
  heard = performance.now();
  if (word.kind === 'begin') replies.set(word.id, word.reply);
  else if (word.kind === 'end') replies.delete(word.id);
});

const connection = await connect({
  servers: url,
  token,
  name,
  maxReconnectAttempts: -1,
  reconnectTimeWait: 250,
  reconnectJitter: 100,
  waitOnFirstConnect: true,
});
setInterval(() => {
  // An engine that hangs for good must not hold its messages for ever.
  if (performance.now() - heard > patienceMs) return;
  for (const reply of replies.values()) connection.publish(reply, WORKING);
}, everyMs);
