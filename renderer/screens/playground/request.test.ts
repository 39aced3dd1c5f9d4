import { describe, expect, it } from 'vitest';
import { type Draft, NEW_DRAFT } from '../../state/draft/slice.ts';
import { hindrance, urlJob, zipOptions } from './request.ts';

const draft = (change: Partial<Draft>): Draft => ({ ...NEW_DRAFT, text: 'example.org', ...change });

describe('the request that a form becomes', () => {
  it('says no more than was chosen, so that the defaults of the server hold', () => {
    expect(urlJob(draft({}))).toEqual({
      urls: ['example.org'],
      mode: 'crawl',
      robots: true,
      sample: 'template',
      device: 'desktop',
    });
    expect(zipOptions(draft({}))).toEqual({ sample: 'template', device: 'desktop' });
  });

  it('carries everything that was chosen', () => {
    const all = draft({
      text: 'http://localhost:3000\nexample.org',
      modules: ['axe'],
      follow: false,
      maxPages: '12',
      minutes: '5',
      lighthouseRuns: 3,
      label: ' spring ',
      user: 'me',
      password: 'secret',
      headers: 'X-Preview: on\n',
      cookies: 'sid = a=b\n\n theme=dark ',
      storageState: { name: 'state.json', cookies: 0, origins: 0, document: { cookies: [], origins: [] } },
      allowLocal: true,
    });
    expect(urlJob(all)).toEqual({
      urls: ['http://localhost:3000', 'example.org'],
      mode: 'list',
      robots: true,
      modules: ['axe'],
      maxPages: 12,
      jobSeconds: 300,
      lighthouseRuns: 3,
      label: 'spring',
      sample: 'template',
      device: 'desktop',
      allowHosts: ['localhost:3000'],
      access: {
        headers: { 'X-Preview': 'on' },
        cookies: [
          { name: 'sid', value: 'a=b' },
          { name: 'theme', value: 'dark' },
        ],
        storageState: { cookies: [], origins: [] },
        basicAuth: { username: 'me', password: 'secret' },
      },
    });
    expect(
      zipOptions(draft({ allowAssets: 'cdn.example.org, fonts.example.org', siteUrl: 'https://example.org' })),
    ).toMatchObject({
      allowAssets: ['cdn.example.org', 'fonts.example.org'],
      siteUrl: 'https://example.org',
    });
  });
});

describe('what keeps a scan from being started', () => {
  it.each([
    [{ text: '' }, ['axe'], 'Give an address, or an archive.'],
    [{}, [], 'Choose at least one module.'],
    [{ text: 'ok.example\nbad' }, ['axe'], 'Line 2 cannot be used.'],
    [{ maxPages: '0' }, ['axe'], 'The most pages are a number from 1 to 100,000.'],
    [{ minutes: 'x' }, ['axe'], 'The time limit is a number of minutes from 1 to 1,440.'],
    [{ siteUrl: 'ftp://a' }, ['axe'], 'The production address has to begin with http:// or https://.'],
    [{ headers: 'nonsense' }, ['axe'], 'Write each header as Name: value, one a line.'],
    [{ cookies: 'a=1; b=2' }, ['axe'], 'Write each cookie as name=value, one a line.'],
  ])('%j with %j: %s', (change, chosen, words) => {
    expect(hindrance(draft(change), chosen)).toBe(words);
  });

  it('is nothing when an archive is given, whatever stands in the address field', () => {
    expect(hindrance(draft({ text: 'bad', file: new File([], 'a.zip') }), ['axe'])).toBeNull();
  });
});
