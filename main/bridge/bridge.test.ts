import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { answerThrough } from './answer.ts';
import { openBridge } from './ask.ts';
import { type Part, WINDOW } from './frames.ts';
import type { Port } from './port.ts';

/** A channel's end in Node's own form, and everything that it was handed. */
function portOf(port: MessagePort): Port & { readonly posted: unknown[] } {
  const posted: unknown[] = [];
  return {
    posted,
    post: (message) => {
      posted.push(message);
      port.postMessage(message);
    },
    listen: (receive) => {
      port.on('message', receive);
      return () => void port.off('message', receive);
    },
    onEnd: (ended) => {
      port.once('close', ended);
      return () => void port.off('close', ended);
    },
  };
}

const channels: MessageChannel[] = [];
afterEach(() => {
  for (const { port1 } of channels.splice(0)) port1.close();
});

/** A window and an app with a real channel between them. */
function bridged(app: (request: Request) => Promise<Response> | Response) {
  const channel = new MessageChannel();
  channels.push(channel);
  const near = portOf(channel.port1);
  const far = portOf(channel.port2);
  const answering = answerThrough(far, async (request) => app(request));
  return { bridge: openBridge(near), answering, near, far, channel };
}

const at = (path: string, init: RequestInit & { duplex?: 'half' } = {}) =>
  new Request(`stageflow-app://window${path}`, init);

/** Waits, turn by turn, for what messages on their way will bring about. */
async function until(holds: () => boolean): Promise<void> {
  for (const begun = performance.now(); !holds(); await setImmediate()) {
    if (performance.now() - begun > 15_000) throw new Error('it never came about');
  }
}

/** A stream without an end that tells how much of it was asked for and whether it was cancelled. */
function endless(piece = 32 * 1024) {
  const state = { given: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        state.given += piece;
        controller.enqueue(new Uint8Array(piece));
      },
      cancel: () => {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, state };
}

describe('the bridge between window and engine', () => {
  it('carries method, path, query, headers and body there and status, headers and body back', async () => {
    const { bridge, answering } = bridged(async (request) => {
      const { pathname, search } = new URL(request.url);
      return Response.json(
        {
          method: request.method,
          to: pathname + search,
          type: request.headers.get('x-kind'),
          body: await request.text(),
        },
        { status: 202, headers: { 'x-request-id': 'r1' } },
      );
    });
    const response = await bridge.fetch(
      at('/api/v1/jobs?limit=2', { method: 'POST', headers: { 'x-kind': 'a' }, body: 'ü' }),
    );
    expect(response.status).toBe(202);
    expect(response.headers.get('x-request-id')).toBe('r1');
    expect(await response.json()).toEqual({ method: 'POST', to: '/api/v1/jobs?limit=2', type: 'a', body: 'ü' });
    await until(() => bridge.open === 0 && answering.open === 0);
  });

  it('carries answers without a body', async () => {
    const { bridge, answering } = bridged(() => new Response(null, { status: 204 }));
    const response = await bridge.fetch(at('/api/v1/jobs/1', { method: 'DELETE' }));
    expect([response.status, response.body]).toEqual([204, null]);
    await until(() => bridge.open === 0 && answering.open === 0);
  });

  it('carries many megabytes both ways byte for byte, many at once', async () => {
    const { bridge, answering } = bridged((request) => new Response(request.body));
    const bodies = [3, 5, 7].map((mib) => randomBytes(mib * 2 ** 20 + mib));
    const answers = await Promise.all(
      bodies.map(async (body) => {
        const response = await bridge.fetch(at('/echo', { method: 'POST', body }));
        return Buffer.from(await response.arrayBuffer());
      }),
    );
    expect(answers.map((answer, index) => answer.equals(bodies[index] as Buffer))).toEqual([true, true, true]);
    await until(() => bridge.open === 0 && answering.open === 0);
  });

  it('lets an answer be read while it is still being written', async () => {
    let say: (text: string) => void = () => {};
    const { bridge } = bridged(
      () =>
        new Response(
          new ReadableStream<Uint8Array>({
            start: (controller) => {
              say = (text) => controller.enqueue(new TextEncoder().encode(text));
            },
          }),
        ),
    );
    const reader = (await bridge.fetch(at('/stream'))).body?.getReader();
    say('one');
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('one');
    say('two');
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('two');
    await reader?.cancel();
  });

  it('sends no more of an answer than its reader has room for', async () => {
    const source = endless();
    const { bridge, far } = bridged(() => new Response(source.stream));
    const response = await bridge.fetch(at('/big'));
    const sent = () =>
      far.posted.reduce<number>(
        (sum, part) => sum + ((part as Extract<Part, { kind: 'bytes' }>).bytes?.byteLength ?? 0),
        0,
      );
    await until(() => sent() === WINDOW);
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    expect(sent()).toBe(WINDOW);
    // One piece is in hand beyond what was sent, and not more.
    expect(source.state.given).toBeLessThanOrEqual(WINDOW + 64 * 1024);
    const reader = response.body?.getReader();
    for (let read = 0; read < WINDOW; ) read += (await reader?.read())?.value?.byteLength ?? WINDOW;
    await until(() => sent() === 2 * WINDOW);
    await reader?.cancel();
  });

  it('sends no more of a request than the app reads', async () => {
    const source = endless();
    let answer: (response: Response) => void = () => {};
    const { bridge, answering } = bridged(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const asked = bridge.fetch(at('/upload', { method: 'POST', body: source.stream, duplex: 'half' }));
    await until(() => source.state.given >= WINDOW);
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    expect(source.state.given).toBeLessThanOrEqual(WINDOW + 64 * 1024);
    // A refusal ends the upload, however much of it is left.
    answer(new Response('too large', { status: 413 }));
    expect((await asked).status).toBe(413);
    await until(() => source.state.cancelled && answering.open === 0);
    expect(await (await asked).text()).toBe('too large');
    await until(() => bridge.open === 0);
  });

  it('cancels the stream of an answer that nobody reads any more, and aborts its request', async () => {
    const source = endless();
    let signal: AbortSignal | null = null;
    const { bridge, answering } = bridged((request) => {
      signal = request.signal;
      return new Response(source.stream);
    });
    const response = await bridge.fetch(at('/stream'));
    await response.body?.cancel();
    await until(() => source.state.cancelled && signal?.aborted === true);
    expect([bridge.open, answering.open]).toEqual([0, 0]);
  });

  it('aborts a request whose sender gives up before it is answered', async () => {
    let signal: AbortSignal | null = null;
    const { bridge, answering } = bridged((request) => {
      signal = request.signal;
      return new Promise(() => {});
    });
    const leaving = new AbortController();
    const asked = bridge.fetch(at('/slow', { signal: leaving.signal }));
    await until(() => signal !== null);
    leaving.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    await until(() => signal?.aborted === true && answering.open === 0);
    expect(bridge.open).toBe(0);
  });

  it('cancels an answer that comes after its sender gave up', async () => {
    const source = endless();
    let answer: () => void = () => {};
    let asked = false;
    const { bridge } = bridged(
      () =>
        new Promise((resolve) => {
          asked = true;
          answer = () => resolve(new Response(source.stream));
        }),
    );
    const leaving = new AbortController();
    const waiting = bridge.fetch(at('/slow', { signal: leaving.signal })).catch(() => null);
    await until(() => asked);
    leaving.abort();
    await waiting;
    // The word has to be on the other side before the answer is.
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    answer();
    await until(() => source.state.cancelled);
  });

  it('tells a reader that an answer broke off, rather than ending it early', async () => {
    const { bridge } = bridged(
      () =>
        new Response(
          new ReadableStream<Uint8Array>({
            start: (controller) => {
              controller.enqueue(new Uint8Array(3));
              queueMicrotask(() => controller.error(new Error('the disk went away')));
            },
          }),
        ),
    );
    await expect((await bridge.fetch(at('/broken'))).arrayBuffer()).rejects.toThrow();
  });

  it('tells the app that a request broke off', async () => {
    const { bridge } = bridged(
      async (request) =>
        new Response(
          await request.text().then(
            () => 'whole',
            () => 'broken',
          ),
        ),
    );
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('the file is gone')),
    });
    const response = await bridge.fetch(at('/upload', { method: 'POST', body, duplex: 'half' }));
    expect(await response.text()).toBe('broken');
  });

  it('answers nothing with success when the app throws', async () => {
    const { bridge, answering } = bridged(() => {
      throw new Error('a bug');
    });
    await expect(bridge.fetch(at('/x'))).rejects.toMatchObject({ code: 'engine_away' });
    expect([bridge.open, answering.open]).toEqual([0, 0]);
  });

  it('breaks off everything when the engine dies, and refuses what comes later', async () => {
    const source = endless();
    const { bridge, channel } = bridged((request) =>
      request.url.endsWith('/stream') ? new Response(source.stream) : new Promise<Response>(() => {}),
    );
    const streaming = await bridge.fetch(at('/stream'));
    const waiting = bridge.fetch(at('/slow'));
    const ended = once(channel.port1, 'close');
    channel.port2.close();
    await expect(waiting).rejects.toMatchObject({ code: 'engine_away' });
    await ended;
    await expect(streaming.arrayBuffer()).rejects.toMatchObject({ code: 'engine_away' });
    await expect(bridge.fetch(at('/more'))).rejects.toMatchObject({ code: 'engine_away' });
    expect(bridge.open).toBe(0);
    await until(() => source.state.cancelled);
  });
});
