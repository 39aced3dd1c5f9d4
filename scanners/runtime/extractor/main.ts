/** The extractor's process: receives one archive over the channel, serves it, and ends with the channel. */
import { connectEngine, endProcess } from '../channel/index.ts';
import { extract, fatalMessage } from './run.ts';

const engine = connectEngine();
engine.heartbeat();
try {
  const assignment = await engine.assignment();
  if (assignment.role !== 'extractor') throw new Error("the assignment is not an extractor's");
  const input = await engine.input();
  if (input === null) throw new Error('the job has no archive');
  const { message, served } = await extract(assignment, input);
  await engine.send(message);
  if (served === null) {
    await engine.close();
    endProcess(0);
  }
} catch (error) {
  await engine.send(fatalMessage(error)).catch(() => undefined);
  await engine.close();
  endProcess(1);
}
