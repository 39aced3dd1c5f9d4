import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import type { DeadLetter } from './consume.ts';
import { DEAD_LETTERS } from './streams.ts';

const REASON = 'Stageflow-Reason';
const SUBJECT = 'Stageflow-Subject';

/** Header values are single lines of ASCII. */
const line = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 1000);

/** Stores the copy of a message that is set aside; repeating it stores nothing new. */
export async function storeDeadLetter(js: JetStreamClient, letter: DeadLetter, timeout: number): Promise<void> {
  const fields = headers();
  fields.set(REASON, line(letter.reason));
  fields.set(SUBJECT, line(letter.subject));
  await js.publish(`${DEAD_LETTERS.name}.${letter.durable}`, letter.data, {
    msgID: `${letter.durable}:${line(letter.id)}`,
    headers: fields,
    timeout,
  });
}

/** The messages set aside, newest last, read without a consumer. */
export async function readDeadLetters(jsm: JetStreamManager, limit = 1000) {
  const { state } = await jsm.streams.info(DEAD_LETTERS.name);
  const letters: { subject: string; reason: string; data: string }[] = [];
  for (let seq = Math.max(1, state.first_seq, state.last_seq - limit + 1); seq <= state.last_seq; seq += 1) {
    const message = await jsm.streams.getMessage(DEAD_LETTERS.name, { seq });
    if (message === null) continue;
    const { header } = message;
    letters.push({
      subject: header.get(SUBJECT),
      reason: header.get(REASON),
      data: new TextDecoder().decode(message.data),
    });
  }
  return letters;
}
