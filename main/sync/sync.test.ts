import { describe, expect, it } from 'vitest';
import { chosenFiles, filesOf, uploadLines } from './choose.ts';
import { afterNews, lineUp, nextTurn, nextUpload, takenUp, type Upload } from './queue.ts';
import { settingsOf } from './target.ts';
import { uploadWord } from './word.ts';

const JOB = '01k9x2v7q3m4n5p6r8s9t0w1y2';
const NOTHING = { har: false, raw: false, traces: false, transcripts: false };
const stored = [
  'report.html',
  'axe/cells/p1.json.zst',
  'page/evidence/p1/screenshot.png',
  'page/evidence/p1/network.har.zst',
  'lighthouse/evidence/p1/trace.json.zst',
  'ai-navigator/evidence/p1/steps.json',
  'report.json',
  'provenance.json',
].map((path) => ({ path, size: 10 }));

describe('what an upload sends', () => {
  const files = filesOf(JOB, stored);

  it('is told first, by what it is', () => {
    expect(uploadLines(files)).toEqual([
      { class: 'report', files: 3, bytes: 30 },
      ...['pictures', 'har', 'raw', 'traces', 'transcripts'].map((name) => ({ class: name, files: 1, bytes: 10 })),
    ]);
  });

  it('is the report with its pictures, and nothing else that was not ticked', () => {
    const keys = (include: typeof NOTHING) => chosenFiles(files, include).map(({ key }) => key.slice(JOB.length + 1));
    expect(keys(NOTHING)).toEqual(['page/evidence/p1/screenshot.png', 'provenance.json', 'report.json', 'report.html']);
    expect(keys({ ...NOTHING, har: true })).toContain('page/evidence/p1/network.har.zst');
    expect(keys({ ...NOTHING, raw: true })).not.toContain('lighthouse/evidence/p1/trace.json.zst');
  });

  it('ends with the page that everybody opens', () => {
    const everything = { har: true, raw: true, traces: true, transcripts: true };
    expect(chosenFiles(files, everything).at(-1)?.key).toBe(`${JOB}/report.html`);
  });
});

describe('the queue of uploads', () => {
  const queue = lineUp(lineUp([], 'a', NOTHING), 'b', NOTHING);

  it('goes in order, and tries again later what was broken off, after longer each time', () => {
    expect(nextUpload(queue, 0)?.jobId).toBe('a');
    const broken = (now: readonly Upload[], at: number) =>
      afterNews(now, 'a', { is: 'broken off', reason: 'The store is away.', at, forGood: false });
    const once = broken(queue, 1_000);
    expect(nextUpload(once, 1_000)?.jobId).toBe('b');
    expect(nextUpload(once, 3_000)?.jobId).toBe('a');
    expect(broken(once, 3_000)[0]).toMatchObject({ state: 'waiting', tries: 2, notBefore: 7_000 });
    let long = queue;
    for (let tries = 0; tries < 30; tries += 1) long = broken(long, 0);
    expect(long[0]?.notBefore).toBe(300_000);
    expect(nextTurn(long)).toBe(0);
  });

  it('gives up what trying again does not change', () => {
    const [failed] = afterNews(queue, 'a', { is: 'broken off', reason: 'Damaged.', at: 0, forGood: true });
    expect(failed).toMatchObject({ state: 'failed', reason: 'Damaged.' });
  });

  it('takes up after a start what was being sent', () => {
    const sending = afterNews(queue, 'a', { is: 'sending', files: 3, bytes: 30 });
    expect(takenUp(sending).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
  });

  it('gives a job that is lined up anew while it is sent its turn all the same', () => {
    const sending = afterNews(queue, 'a', { is: 'sending', files: 3, bytes: 30 });
    const anew = lineUp(sending, 'a', { ...NOTHING, raw: true });
    expect(afterNews(anew, 'a', { is: 'done' }).find(({ jobId }) => jobId === 'a')?.state).toBe('waiting');
  });

  it('forgets what is done, never what waits, when it grows long', () => {
    let long: readonly Upload[] = [];
    for (let n = 0; n < 301; n += 1) {
      long = lineUp(long, `j${n}`, NOTHING);
      if (n % 2 === 0)
        long = afterNews(afterNews(long, `j${n}`, { is: 'sending', files: 1, bytes: 1 }), `j${n}`, { is: 'done' });
    }
    expect(long.length).toBe(300);
    expect(long.filter(({ state }) => state === 'waiting').length).toBe(150);
  });

  it('is told in one line', () => {
    const word = (uploads: readonly Upload[]) =>
      uploadWord({ target: null, uploads: [...uploads] }, (id) => `${id}.zip`);
    expect(word([])).toBeNull();
    expect(word(queue)).toBe('2 uploads wait');
    const sending = afterNews(queue, 'a', { is: 'sending', files: 3, bytes: 30 });
    expect(word(afterNews(sending, 'a', { is: 'further', files: 2, bytes: 20 }))).toBe(
      'Uploading a.zip, 2/3 files, 1 more wait',
    );
    expect(word(afterNews(queue, 'b', { is: 'broken off', reason: 'x', at: 0, forGood: false }))).toBe(
      'The upload of b.zip is tried again soon',
    );
  });
});

describe('the store that a person names', () => {
  const target = {
    endpoint: 'https://s3.example.org',
    region: '',
    accessKey: 'kown',
    secretKey: 'sown',
    linkAccessKey: 'klink',
    linkSecretKey: 'slink',
    publicUrl: '',
  };

  it('follows the rules of a server’s store', () => {
    expect(settingsOf(target)).toMatchObject({ region: 'us-east-1', share: { accessKey: 'klink' } });
    expect(settingsOf({ ...target, linkAccessKey: '', linkSecretKey: '' }).share).toBeNull();
    for (const wrong of [
      { endpoint: '' },
      { endpoint: 'ftp://s3.example.org' },
      { endpoint: 'https://s3.example.org/path' },
      { accessKey: '' },
      { secretKey: 'minioadmin' },
      { linkAccessKey: 'kown' },
    ])
      expect(() => settingsOf({ ...target, ...wrong }), JSON.stringify(wrong)).toThrow(
        expect.objectContaining({ code: 'bad_option' }),
      );
  });
});
