import { describe, expect, it } from 'vitest';
import { readStorageState } from './storage-state.ts';

describe('a file given as a storage state', () => {
  it('is taken as it is, and counted', () => {
    const document = { cookies: [{ name: 'sid' }], origins: [{ origin: 'https://a.example' }, {}] };
    expect(readStorageState(JSON.stringify(document))).toEqual({ document, cookies: 1, origins: 2 });
    expect(readStorageState('{"cookies":[]}')).toMatchObject({ cookies: 0, origins: 0 });
  });

  it.each(['', 'null', '[]', '{}', '"cookies"', '{"cookies":{}}', '{"cookies":[],"origins":1}'])(
    'is refused when it is none: %s',
    (text) => {
      expect(readStorageState(text)).toBeNull();
    },
  );
});
