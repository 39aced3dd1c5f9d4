import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactReport } from './redact.ts';
import { looksRandom, redactText } from './redact-text.ts';
import { Report } from './schema.ts';
import { cause, hostileReport, place, sample } from './test/sample.ts';

const NONE: ReadonlySet<string> = new Set();
const masked = (text: string) => redactText(text, NONE).text;
const HEX = '0123456789abcdef';
const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const chars = (alphabet: string, min: number, max: number) =>
  fc.array(fc.constantFrom(...alphabet), { minLength: min, maxLength: max }).map((all) => all.join(''));
/** What a token is made of in the wild: enough of each kind of character that no word could be meant. */
const random = chars(ALNUM, 38, 60).filter(
  (text) => /[a-z]/.test(text) && /[A-Z]/.test(text) && (text.match(/\d/g) ?? []).length >= 3 && !/[a-z]{5}/.test(text),
);
const hex = chars(HEX, 32, 64).filter((text) => /\d/.test(text) && /[a-f]/.test(text));
const plain = chars('abcdefghijkmnopqrstuvwxyz', 9, 14).map((text) => `q${text}z`);
const email = fc
  .tuple(plain, fc.constantFrom('example.org', 'mail.example.co.uk'))
  .map(([name, host]) => `${name}@${host}`);

/** A secret, and a text in which it stands. */
const planted = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('token', 'access_token', 'sessionId', 'X-Amz-Signature', 'api-key', 'PHPSESSID', 'code', 'sig'),
      plain,
    )
    .chain(([name, secret]) =>
      fc
        .constantFrom(
          `https://shop.example/a?page=2&${name}=${secret}&q=1`,
          `https://shop.example/a#${name}=${secret}`,
          `<a href="/x?a=1&amp;${name}=${secret}">go</a>`,
          `https://a.example/?next=https%3A%2F%2Fb.example%2F%3F${name}%3D${secret}%26b%3D1`,
        )
        .map((text) => ({ secret, text })),
    ),
  plain.map((secret) => ({ secret, text: `see https://bob:${secret}@shop.example/a` })),
  plain.map((secret) => ({ secret, text: `<input type="hidden" name="csrf_token" value="${secret}">` })),
  plain.map((secret) => ({ secret, text: `{"password": "${secret}", "page": 2}` })),
  plain.map((secret) => ({ secret, text: `Set-Cookie: basket=${secret}; Path=/` })),
  email.map((secret) => ({ secret, text: `Write to ${secret}, or call.` })),
  email.map((secret) => ({ secret, text: `https://shop.example/u?who=${encodeURIComponent(secret)}` })),
  random.map((secret) => ({ secret, text: `<div data-x="${secret}">` })),
  hex.map((secret) => ({ secret, text: `https://shop.example/reset/${secret}` })),
  fc.tuple(random, random).map(([head, tail]) => {
    const secret = `eyJ${head}.${tail}`;
    return { secret, text: `Authorization: Bearer ${secret}` };
  }),
  plain.map((text) => ({ secret: `sk_live_${text}`, text: `var k = 'sk_live_${text}'` })),
);

/** A report with a text in every field that a page, a scanner or a person can fill. */
function filled(text: string) {
  const base = sample([
    cause({
      title: text,
      howToFix: text,
      occurrences: [place({ url: text, selector: text, snippet: text, target: text, message: text, file: text })],
    }),
  ]);
  return {
    ...base,
    job: { ...base.job, label: text },
    verdict: { ...base.verdict, sentence: text },
    coverage: { ...base.coverage, skipped: [{ reason: text, sentence: text, count: 1, examples: [text] }] },
    pages: base.pages.map((page) => ({ ...page, url: text, finalUrl: text, path: text, title: text })),
    scanners: base.scanners.map((scanner) => ({ ...scanner, facts: { [text]: text, id: text } })),
    provenance: {
      ...base.provenance,
      notes: [text],
      attempts: base.provenance.attempts.map((a) => ({ ...a, egress: [{ url: text }] })),
    },
  };
}

describe('redaction', () => {
  it('leaves no planted secret in any string of the report', () => {
    fc.assert(
      fc.property(planted, fc.string(), fc.string(), ({ secret, text }, before, after) => {
        const { report, redactions } = redactReport(filled(`${before} ${text} ${after}`));
        const all = JSON.stringify(report);
        const whole = [secret, encodeURIComponent(secret)].some((form) => all.includes(form));
        return !whole && redactions.length > 0 && !JSON.stringify(redactions).includes(secret);
      }),
      { numRuns: 600 },
    );
  });

  it('changes nothing more when it is applied again, whatever the text', () => {
    const anything = fc.oneof(
      fc.string({ maxLength: 200 }),
      planted.map(({ text }) => text),
      fc
        .array(
          fc.constantFrom(
            'token=',
            '?',
            '&',
            '[redacted value]',
            '[redacted ',
            ']',
            '@',
            'a.org',
            '"',
            ':',
            'x1',
            ' ',
            '%3D',
            '%3F',
            'https://',
            'Cookie: a=',
          ),
          { maxLength: 14 },
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const once = masked(text);
        const twice = redactText(once, NONE);
        expect(twice).toEqual({ text: once, found: {} });
      }),
      { numRuns: 2000 },
    );
    const once = redactReport(hostileReport()).report;
    expect(redactReport(once)).toEqual({ report: once, redactions: [] });
  });

  it.each([
    'Images must have an alternative text',
    'logo@2x.png',
    'https://cdn.example/lodash@4.17.21/lodash.min.js',
    'https://shop.example/?page=2&sort=price&q=blue+vase',
    '/assets/main.2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae.js',
    '/_next/static/chunks/4bd1b696-f785427dddbba9fb.js',
    'integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"',
    '.ProductCard_container__3Xk9a > div:nth-child(2) >>> #root',
    '.very-long-utility-class-name-with-2-columns-and-3-rows',
    'document.getElementsByTagNameNS2AndSomethingElse',
    'p0123456789abcdef/550e8400-e29b-41d4-a716-446655440000',
    '<input type="password" autocomplete="current-password" name="pw">',
    'Password: choose one with eight letters.',
    'Set a token for the form. Use the session id that the server gave.',
    `<img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==">`,
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    '16 May 2026, 12:04:31, 1,234 ms',
  ])('keeps ordinary text: %s', (text) => {
    expect(redactText(text, NONE)).toEqual({ text, found: {} });
  });

  it('keeps the shape, so that a reader sees what stood there', () => {
    expect(masked('https://bob:pw1@shop.example/a?token=abc&page=2#access_token=x.y')).toBe(
      'https://[redacted login]@shop.example/a?token=[redacted value]&page=2#access_token=[redacted value]',
    );
    expect(masked('Write to jane.doe+shop@example.org.')).toBe('Write to [redacted e-mail].');
    expect(masked('<meta name="csrf-token" content="abc">')).toBe(
      '<meta name="csrf-token" content="[redacted secret]">',
    );
  });

  it('gives a report of the same contract, with ids, fingerprints, keys and numbers as they were', () => {
    const report = hostileReport();
    const { report: redacted } = redactReport(report);
    expect(Report.safeParse(redacted).success).toBe(Report.safeParse(report).success);
    const clean = sample();
    expect(redactReport(clean)).toEqual({ report: clean, redactions: [] });
    expect(redacted.findings[0]?.fingerprint).toBe(report.findings[0]?.fingerprint);
  });

  it('counts by kind and gives examples that are masked already', () => {
    const at = (snippet: string) => place({ snippet });
    const { redactions } = redactReport(
      sample([cause({ occurrences: [at('a@example.org'), at('b@example.org'), at('?token=abc')] })]),
    );
    expect(redactions.map(({ kind, count }) => [kind, count])).toEqual([
      ['e-mail', 2],
      ['value', 1],
    ]);
    expect(redactions[1]?.examples).toEqual([
      { field: 'findings.occurrences.snippet', text: '?token=[redacted value]' },
    ]);
  });

  it('knows a random string from an identifier', () => {
    expect(looksRandom('dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXk1')).toBe(true);
    expect(looksRandom('getElementsByClassNameAndAttribute')).toBe(false);
  });

  it('stays quick on long and hostile text', () => {
    const began = performance.now();
    for (const piece of ['a', '@', 'a.', '%25', '?a=', '<input ', 'token:', 'eyJ', '//a:', '\\u0026a='])
      masked(piece.repeat(20_000 / piece.length));
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
