import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { ModelSettings } from '../model/index.ts';
import { KEY, RECORDED, REQUEST } from '../model/test/recorded.ts';
import { plannerOf } from './model.ts';

const at = (url: string) => ModelSettings.parse({ url, model: 'stand-in', key: KEY, price: null });

describe('an endpoint on this machine', () => {
  const seen: string[] = [];
  const server = createServer((asked, response) => {
    seen.push(`${asked.method} ${asked.url} ${asked.headers.authorization}`);
    response.writeHead(asked.url === '/v1/chat/completions' ? 200 : 302, { location: 'http://127.0.0.1:1/' });
    response.end(RECORDED.press.body);
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('is asked through the guard, which opens that place alone and follows no redirect', async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const plan = (url: string) => plannerOf(at(url))().plan('goal', REQUEST);
    expect(await plan(`${origin}/v1`)).toMatchObject({ ok: true, action: { do: 'press', ref: 0 } });
    expect(await plan(`${origin}/moved`)).toMatchObject({ ok: false, reason: "the model's endpoint answered 302" });
    expect(seen).toEqual([`POST /v1/chat/completions Bearer ${KEY}`, `POST /moved/chat/completions Bearer ${KEY}`]);
  });

  it('that does not answer costs the goal and nothing else', async () => {
    const answer = await plannerOf(at('http://127.0.0.1:1/v1'))().plan('goal', REQUEST);
    expect(answer).toMatchObject({ ok: false, reason: "the model's endpoint does not answer" });
  });
});
