import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PlannedAction } from '../../../engine/scanner/index.ts';

/** What a stand-in does, step by step: presses the first element of that name, fills `name = value`, or ends: done when a text is to be seen, else given up. */
export type Script = readonly string[];

/** The next action of a script, chosen as a model would choose it: from the text that it is shown. */
export function nextOf(script: Script, step: number, shown: string): PlannedAction {
  const word = script[step - 1] ?? 'see: nothing more was said';
  const nothing = { ref: null, value: null };
  if (word.startsWith('see: ')) {
    const seen = shown.includes(word.slice(5));
    return { do: seen ? 'done' : 'give-up', ...nothing, because: seen ? 'it is shown' : 'it is not there' };
  }
  const [name = '', value] = word.split(' = ');
  const line = shown.split('\n').find((one) => /^\[\d+\]/.test(one) && one.includes(`"${name}"`));
  const ref = line === undefined ? 999 : Number(/^\[(\d+)\]/.exec(line)?.[1]);
  return { do: value === undefined ? 'press' : 'fill', ref, value: value ?? null, because: `towards ${name}` };
}

/** An OpenAI-compatible endpoint on this machine that plays one script for each goal. */
export async function openStandIn(scripts: ReadonlyMap<string, Script>): Promise<{
  readonly url: string;
  /** The bodies that it was asked with. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      asked.push(body);
      const text = (JSON.parse(body) as { messages: { content: string }[] }).messages.at(-1)?.content ?? '';
      const goal = /^Goal: (.*)$/m.exec(text)?.[1] ?? '';
      const step = Number(/^Step (\d+)\.$/m.exec(text)?.[1]);
      const content = JSON.stringify(nextOf(scripts.get(goal) ?? [], step, text));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          choices: [{ message: { role: 'assistant', content } }],
          usage: { prompt_tokens: 500, completion_tokens: 20, cost: 0.0001 },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
