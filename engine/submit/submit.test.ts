import { describe, expect, it } from 'vitest';
import { JobSpec } from '../event/index.ts';
import type { JobSource } from '../event/index.ts';
import { buildJobSpec } from './submit.ts';

const KNOWN = [
  { id: 'axe', defaultOn: true },
  { id: 'seo', defaultOn: true },
  { id: 'ai-navigator', defaultOn: false },
];
const ZIP: JobSource = {
  kind: 'zip',
  filename: 'dist.zip',
  bytes: 1,
  sha256: 'a'.repeat(64),
  stagingKey: 'staging/x/dist.zip',
  fromFolder: false,
};
const CRAWL: JobSource = { kind: 'urls', urls: ['https://example.com/'], mode: 'crawl' };

describe('a job specification', () => {
  it('is complete with nothing but a source', () => {
    const built = buildJobSpec({ source: ZIP }, KNOWN);
    expect(built).toMatchObject({
      ok: true,
      value: {
        modules: [
          { id: 'axe', options: {} },
          { id: 'seo', options: {} },
        ],
        pages: { max: 500, depth: 10, robots: true, sitemap: true, sample: 'template' },
        device: 'desktop',
        lighthouse: { runs: 1, formFactor: 'desktop' },
        isolation: 'pod',
        limits: { jobSeconds: 3600, pageSeconds: 60, memoryMiB: 2048 },
        parent: null,
      },
    });
    if (built.ok) expect(JobSpec.parse(JSON.parse(JSON.stringify(built.value)))).toEqual(built.value);
  });

  it('takes 200 pages of a crawl, every page of a list, and Lighthouse in the form factor of the device', () => {
    const list: JobSource = {
      kind: 'urls',
      mode: 'list',
      urls: Array.from({ length: 700 }, (_, i) => `https://example.com/${i}`),
    };
    expect(buildJobSpec({ source: CRAWL, device: 'mobile' }, KNOWN)).toMatchObject({
      value: { pages: { max: 200 }, lighthouse: { formFactor: 'mobile' } },
    });
    expect(buildJobSpec({ source: list }, KNOWN)).toMatchObject({ value: { pages: { max: 700 } } });
    expect(buildJobSpec({ source: list, maxPages: 5 }, KNOWN)).toMatchObject({ value: { pages: { max: 5 } } });
  });

  it('carries the options of its modules and names each module once', () => {
    const built = buildJobSpec(
      { source: CRAWL, modules: ['seo', 'seo', 'ai-navigator'], moduleOptions: { seo: { titleMaxLength: 70 } } },
      KNOWN,
    );
    expect(built).toMatchObject({
      value: {
        modules: [
          { id: 'seo', options: { titleMaxLength: 70 } },
          { id: 'ai-navigator', options: {} },
        ],
      },
    });
  });

  it.each([
    [{ modules: [] }, 'no_modules', /-m/],
    [{ modules: ['axe', 'nope'] }, 'unknown_module', /nope.*axe, seo, ai-navigator/],
    [{ moduleOptions: { nope: {} } }, 'unknown_module', /nope/],
    [{ maxPages: 0 }, 'bad_option', /0 of --max-pages/],
    [{ depth: -1 }, 'bad_option', /--depth/],
    [{ lighthouseRuns: 10 }, 'bad_option', /--lighthouse-runs/],
    [{ jobSeconds: 0 }, 'bad_option', /--timeout/],
    [{ siteUrl: 'not a url' }, 'bad_option', /--site-url/],
    [{ label: 'x'.repeat(201) }, 'bad_option', /--label/],
  ] as const)('refuses %j as %s', (options, code, sentence) => {
    const built = buildJobSpec({ source: CRAWL, ...options }, KNOWN);
    expect(built).toMatchObject({ ok: false, error: { code } });
    if (!built.ok) expect(built.error.message).toMatch(sentence);
  });
});
