import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readAccess } from './access.ts';

const folder = mkdtempSync(join(tmpdir(), 'stageflow-access-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (state: unknown) => {
  const path = join(folder, 'state.json');
  writeFileSync(path, typeof state === 'string' ? state : JSON.stringify(state));
  return readAccess({ header: [], cookie: [], storageState: path });
};

describe('--storage-state', () => {
  it('takes what Playwright saves', () => {
    const state = {
      cookies: [{ name: 'sid', value: 'x', domain: 'example.org', path: '/', expires: -1, secure: true }],
      origins: [{ origin: 'https://example.org', localStorage: [{ name: 'token', value: 'y' }] }],
    };
    expect(read(state)?.storageState).toEqual(state);
  });

  it.each([
    ['no JSON', 'sid=hunter2', 'it is not a JSON file'],
    ['a list', [{ name: 'sid', value: 'hunter2' }], 'an object with cookies and origins'],
    ['something else', { token: 'hunter2' }, 'neither cookies nor origins'],
    ['cookies as an object', { cookies: { sid: 'hunter2' } }, 'cookies is not a list'],
    ['a cookie without a domain', { cookies: [{ name: 'sid', value: 'hunter2', path: '/' }] }, 'cookie 1 lacks'],
    ['an origin without a list', { origins: [{ origin: 'https://example.org' }] }, 'origin 1 lacks'],
  ])('refuses %s with a sentence that names the place and no value', (_, state, words) => {
    expect(() => read(state)).toThrow(
      expect.objectContaining({ code: 'bad_option', message: expect.stringContaining(words) }),
    );
    expect(() => read(state)).not.toThrow(/hunter2/);
  });
});

describe('--header', () => {
  const of = (text: string) => readAccess({ header: [text], cookie: [] })?.headers;

  it('takes a name and a value', () => {
    expect(of('Authorization:  Bearer hunter2')).toEqual({ Authorization: 'Bearer hunter2' });
    expect(of('X-Empty:')).toEqual({ 'X-Empty': '' });
  });

  it.each(['X: a\nB: hunter2', 'X: a\r\nhunter2', 'X Y: hunter2', 'X: hunter2\0', 'X: hunter2 \u2713'])(
    'refuses %j without a word of its value',
    (text) => {
      expect(() => of(text)).toThrow(expect.objectContaining({ code: 'bad_option' }));
      expect(() => of(text)).not.toThrow(/hunter2/);
    },
  );
});
