import { describe, expect, it } from 'vitest';
import { sample } from '../../engine/report/test/sample.ts';
import { reproduceCommand } from './reproduce.ts';

const witnesses = [{ scanner: 'axe' }, { scanner: 'seo' }, { scanner: 'axe' }] as never;
const report = sample();
const urls = (url: string) => ({
  job: { ...report.job, source: { kind: 'urls' as const, urls: [url], mode: 'crawl' as const } },
});
const zip = (filename: string) => ({ job: { ...report.job, source: { ...report.job.source, filename } as never } });

describe('the command that shows a place again', () => {
  it('scans the archive with the modules that saw it', () => {
    expect(reproduceCommand(report, { witnesses }, { url: 'x' })).toBe('./stageflow scan shop.zip -m axe,seo');
  });
  it('scans exactly the page of an address job', () => {
    expect(reproduceCommand(urls('x'), { witnesses }, { url: 'https://a.example/p?a=1&b=2' })).toBe(
      `./stageflow scan 'https://a.example/p?a=1&b=2' --no-crawl -m axe,seo`,
    );
  });
  it.each([`a'; rm -rf ~; '.zip`, '$(reboot).zip', '`x`.zip'])('keeps %j one word', (name) => {
    const line = reproduceCommand(zip(name), { witnesses }, { url: 'x' });
    expect(line).toBe(`./stageflow scan '${name.replaceAll("'", `'\\''`)}' -m axe,seo`);
  });
  it.each(['a\nrm -rf ~.zip', 'a\u001b[2J.zip', 'piz.\u202eexe', '--output=/etc.zip'])(
    'is not given for %j',
    (name) => {
      expect(reproduceCommand(zip(name), { witnesses }, { url: 'x' })).toBeNull();
    },
  );
});
