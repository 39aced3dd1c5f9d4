import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { buildHar } from '../har.ts';
import { maskSetCookie, startRecorder, toRecord } from '../recorder.ts';

/** A session whose events are told by hand, in the order in which a browser tells them. */
function recording() {
  const cdp = new EventEmitter();
  const recorder = startRecorder(cdp as unknown as Parameters<typeof startRecorder>[0], 'F');
  const will = (requestId: string, url: string, more: object = {}) =>
    cdp.emit('Network.requestWillBeSent', {
      requestId,
      loaderId: 'D',
      frameId: 'F',
      type: 'Document',
      timestamp: 1,
      wallTime: 1000,
      redirectHasExtraInfo: false,
      request: { url, method: 'GET', headers: { A: '1' } },
      ...more,
    });
  const response = (status: number, headers: object = {}) => ({
    status,
    statusText: '',
    headers,
    mimeType: 'text/html',
    encodedDataLength: 100,
  });
  return { cdp, recorder, will, response };
}

describe('recording a navigation', () => {
  it('keeps redirects apart from the document, with the wire’s own headers', () => {
    const { cdp, recorder, will, response } = recording();
    will('D', 'http://a/');
    cdp.emit('Network.responseReceivedExtraInfo', { requestId: 'D', statusCode: 301, headers: { Location: '/b' } });
    will('D', 'http://a/b', { timestamp: 1.5, redirectResponse: response(301), redirectHasExtraInfo: true });
    cdp.emit('Network.responseReceived', {
      requestId: 'D',
      type: 'Document',
      hasExtraInfo: true,
      response: response(200),
    });
    cdp.emit('Network.responseReceivedExtraInfo', {
      requestId: 'D',
      statusCode: 200,
      headers: { 'Set-Cookie': 'a=1; Secure\nb=2' },
    });
    cdp.emit('Network.loadingFinished', { requestId: 'D', timestamp: 2, encodedDataLength: 300 });
    expect(recorder.redirects()).toEqual([{ url: 'http://a/', status: 301, location: '/b' }]);
    expect(recorder.document()).toMatchObject({
      url: 'http://a/b',
      status: 200,
      bytes: 300,
      milliseconds: 500,
      responseHeaders: [
        ['set-cookie', 'a=1; Secure'],
        ['set-cookie', 'b=2'],
      ],
    });
    expect(recorder.inFlight()).toBe(0);
  });

  it('knows the status of a file that the browser threw away for its type', () => {
    const { cdp, recorder, will } = recording();
    for (const [id, statusCode] of [
      ['gone', 404],
      ['kept', 200],
    ] as const) {
      will(id, `http://a/${id}.css`, { type: 'Stylesheet' });
      cdp.emit('Network.loadingFailed', { requestId: id, timestamp: 2, errorText: 'net::ERR_ABORTED' });
      cdp.emit('Network.responseReceivedExtraInfo', { requestId: id, statusCode, headers: { 'X-A': '1' } });
    }
    expect(recorder.hops().map(({ status, failure }) => [status, failure])).toEqual([
      [404, 'net::ERR_ABORTED'],
      [null, 'net::ERR_ABORTED'],
    ]);
  });

  it('does not wait for streams nor for a worker’s script', () => {
    const { cdp, recorder, will } = recording();
    will('E', 'http://a/events', { type: 'EventSource' });
    cdp.emit('Network.requestWillBeSentExtraInfo', { requestId: 'W', headers: { 'sec-fetch-dest': 'worker' } });
    will('W', 'http://a/worker.js', { type: 'Script' });
    expect(recorder.inFlight()).toBe(0);
    will('X', 'http://a/x.js', { type: 'Script' });
    expect(recorder.inFlight()).toBe(1);
  });

  it('leaves addresses out that touch no network', () => {
    const { recorder, will } = recording();
    will('1', 'data:text/plain,x');
    will('2', 'blob:http://a/1');
    expect(recorder.hops()).toEqual([]);
  });

  it('masks cookies and a login in records and HAR', () => {
    const { cdp, recorder, will, response } = recording();
    will('D', 'http://a/', {
      request: { url: 'http://a/', method: 'GET', headers: { 'X-Token': 'hush', Accept: '*/*' } },
    });
    cdp.emit('Network.responseReceived', {
      requestId: 'D',
      type: 'Document',
      hasExtraInfo: false,
      response: response(200, { 'set-cookie': 'sid=hush; HttpOnly' }),
    });
    const secret = new Set(['x-token', 'cookie']);
    const [hop] = recorder.hops();
    const record = toRecord(hop as NonNullable<typeof hop>, secret, () => null);
    expect(record.requestHeaders).toEqual([
      ['x-token', '[masked]'],
      ['accept', '*/*'],
    ]);
    expect(record.responseHeaders).toEqual([['set-cookie', 'sid=[masked]; HttpOnly']]);
    expect(
      JSON.stringify(buildHar({ hops: recorder.hops(), pageId: 'p', title: 't', browser: 'Chromium 1', secret })),
    ).not.toContain('hush');
  });

  it('names what the guard refused as blocked, not as an answer', () => {
    const { cdp, recorder, will } = recording();
    will('1', 'https://cdn/x.js', { type: 'Script' });
    cdp.emit('Network.loadingFailed', { requestId: '1', timestamp: 2, errorText: 'net::ERR_TUNNEL_CONNECTION_FAILED' });
    const [hop] = recorder.hops();
    expect(toRecord(hop as NonNullable<typeof hop>, new Set(), () => 'closed')).toMatchObject({
      status: null,
      blocked: 'closed',
      failure: 'net::ERR_TUNNEL_CONNECTION_FAILED',
    });
  });

  it.each([
    ['a=b; Path=/; Secure', 'a=[masked]; Path=/; Secure'],
    ['a=', 'a=[masked]'],
    ['flag', 'flag'],
  ])('masks the value of %s', (line, masked) => {
    expect(maskSetCookie(line)).toBe(masked);
  });
});
