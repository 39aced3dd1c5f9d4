import { describe, expect, it } from 'vitest';
import { localHosts, readAddresses } from './addresses.ts';

describe('reading the address field', () => {
  it('takes one address a line, each once, and leaves out empty lines and remarks', () => {
    const text = 'example.org\n\n# the shop\nhttps://shop.example.org/a?b=c\r\n example.org \nlocalhost:3000';
    expect(readAddresses(text)).toEqual({
      urls: ['example.org', 'https://shop.example.org/a?b=c', 'localhost:3000'],
      faults: [],
      repeated: 1,
    });
  });

  it.each([
    ['ftp://example.org', 'begins with ftp:, not http: or https:'],
    ['javascript:alert(1)', 'begins with javascript:, not http: or https:'],
    ['file:///etc/passwd', 'is a file of your computer; drop the folder as a ZIP instead'],
    ['https://me:secret@example.org', 'holds a password; give it under “Behind a sign-in” instead'],
    ['one two', 'holds a space; put one address on each line'],
    ['example', 'has no complete host name: example'],
    ['https://', 'is no address'],
    [`https://example.org/${'a'.repeat(5000)}`, 'is longer than 4,096 characters'],
  ])('says on which line %s stands and why it cannot be used', (bad, reason) => {
    expect(readAddresses(`example.org\n${bad}`)).toMatchObject({
      urls: ['example.org'],
      faults: [{ line: 2, reason }],
    });
  });

  it('takes no more than 10,000', () => {
    const text = Array.from({ length: 10_001 }, (_, n) => `example.org/${n}`).join('\n');
    const { urls, faults } = readAddresses(text);
    expect([urls.length, faults]).toEqual([
      10_000,
      [{ line: 10_001, reason: 'is one more than the 10,000 that one scan takes' }],
    ]);
  });
});

describe('addresses of the own machine and network', () => {
  it('are named with their port', () => {
    const urls = [
      'http://localhost:3000/a',
      'localhost:3000',
      '127.0.0.1',
      'https://[::1]/',
      'example.org',
      'localhost.example.org',
      'http://10.1.2.3:81/',
      '172.20.0.1',
      '172.40.0.1',
    ];
    expect(localHosts(urls)).toEqual(['localhost:3000', '127.0.0.1:80', '[::1]:443', '10.1.2.3:81', '172.20.0.1:80']);
  });
});
