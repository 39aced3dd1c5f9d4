import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ARCHIVE_LIMITS, type ArchiveLimits, type ExtractorAssignment } from '@stageflow/engine/sdk';
import { extract, type Extraction } from '../../../scanners/runtime/extractor/run.ts';
import { judge } from './judge.ts';
import { createContentFile, unpackArchive, unpackEntry } from '../../../scanners/runtime/extractor/unpack/index.ts';
import { bufferSource, validateArchive } from '../../../scanners/runtime/extractor/validate/index.ts';
import { zip, type Part } from './zip-writer.ts';

let home: string;
let running: Extraction[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stageflow-unpack-'));
  running = [];
});
afterEach(async () => {
  for (const { served } of running) await served?.close();
  rmSync(home, { recursive: true });
});

async function run(
  archive: Buffer,
  more: Partial<ExtractorAssignment> = {},
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<Extraction> {
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const assignment: ExtractorAssignment = {
    role: 'extractor',
    protocol: 1,
    jobId: 'job',
    attempt: 1,
    sha256,
    limits,
    directory: join(home, 'site'),
    port: 0,
    ...more,
  };
  const extraction = await extract(assignment, Readable.from([archive.subarray(0, 30), archive.subarray(30)]));
  running.push(extraction);
  return extraction;
}

async function get(extraction: Extraction, path: string): Promise<string> {
  const { message } = extraction;
  if (message.type !== 'extractor.ready') throw new Error(`refused: ${message.code} ${message.reason}`);
  return (await fetch(`http://127.0.0.1:${message.port}${path}`)).text();
}

const page: Part = { name: 'index.html', data: '<title>home</title>' };

test('Z17 serves names of the object prototype as plain files and changes no prototype', async () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  const names = ['__proto__', 'constructor', 'hasOwnProperty', '__proto__/polluted'];
  const extraction = await run(zip([page, ...names.slice(1).map((name) => ({ name, data: `file ${name}` }))]));
  for (const name of names.slice(1)) expect(await get(extraction, `/${name}`)).toBe(`file ${name}`);
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
});

test('Z21 refuses an archive whose bytes are not those of the assignment', async () => {
  const { message } = await run(zip([page]), { sha256: 'a'.repeat(64) });
  expect(message).toMatchObject({ type: 'extractor.refused', code: 'zip_mismatch' });
});

test('Z21 leaves no name of the archive on the disk that another could swap', async () => {
  const extraction = await run(zip([page, { name: 'deep/evil.sh', data: 'x' }]));
  expect(readdirSync(join(home, 'site'))).toEqual(['content']);
  expect(await get(extraction, '/deep/evil.sh')).toBe('x');
});

test('Z22 writes nothing through a link that stands in the target', async () => {
  const outside = join(home, 'outside');
  writeFileSync(outside, 'precious');
  for (const name of ['content', 'archive', 'index.html']) {
    const directory = join(home, `site-${name}`);
    mkdirSync(directory);
    symlinkSync(outside, join(directory, name));
    await expect(run(zip([page]), { directory })).rejects.toMatchObject({ code: 'internal' });
  }
  expect(readFileSync(outside, 'utf8')).toBe('precious');
});

test('Z22 does not unpack into a folder that is a link', async () => {
  mkdirSync(join(home, 'elsewhere'));
  symlinkSync(join(home, 'elsewhere'), join(home, 'site'));
  await expect(run(zip([page]))).rejects.toMatchObject({ code: 'internal' });
  expect(readdirSync(join(home, 'elsewhere'))).toEqual([]);
});

test('Z1 a refused archive leaves nothing outside its folder', async () => {
  const { message } = await run(zip([page, { name: '../../escaped', data: 'x' }]));
  expect(message).toMatchObject({ type: 'extractor.refused', code: 'zip_path', entry: '../../escaped' });
  expect(existsSync(join(home, 'escaped'))).toBe(false);
});

test('Z7 stops an archive that is longer than its cap while it arrives', async () => {
  const { message } = await run(zip([page]), {}, { ...ARCHIVE_LIMITS, archiveBytes: 40 });
  expect(message).toMatchObject({ type: 'extractor.refused', code: 'zip_size' });
});

test('Z7 unpacks large deflated files in a stream, and refuses them when they lie', async () => {
  const data = Buffer.alloc(6 << 20, 'stageflow ');
  const big = { name: 'big.bin', data };
  const extraction = await run(zip([page, big]));
  expect((await get(extraction, '/big.bin')).length).toBe(data.length);
  for (const [index, lie] of [{ size: data.length - 1 }, { size: data.length + 1 }, { crc: 7 }].entries()) {
    const { message } = await run(zip([page, { ...big, local: lie, central: lie }]), {
      directory: join(home, `lie-${index}`),
    });
    expect(message).toMatchObject({
      type: 'extractor.refused',
      code: 'crc' in lie ? 'zip_crc' : 'zip_size',
      entry: 'big.bin',
    });
  }
});

test.each([
  ['in one call', 5_000, 1_000],
  ['in a stream', 6 << 20, (5 << 20) + 1],
])('Z7 gives out no byte beyond the declared size, %s', async (_, length, size) => {
  const lie = { size };
  const source = bufferSource(zip([{ name: 'a', data: Buffer.alloc(length, 'stageflow '), local: lie, central: lie }]));
  let given = 0;
  for (const entry of validateArchive(source, ARCHIVE_LIMITS).entries) {
    await expect(unpackEntry(source, entry, (bytes) => (given += bytes.length))).rejects.toMatchObject({
      code: 'zip_size',
    });
  }
  expect(given).toBeLessThanOrEqual(size);
});

test('Z7 refuses bytes after the end of the compressed data, in one call or in a stream', async () => {
  for (const length of [5_000, 6 << 20]) {
    const data = Buffer.alloc(length, 'stageflow ');
    const packed = Buffer.concat([deflateRawSync(data), Buffer.from('more')]);
    const { code, reason } = await judge(zip([{ name: 'a', data, packed }]));
    expect([code, reason]).toEqual(['zip_size', 'bytes follow the end of the compressed data']);
  }
});

test('an archive without files and one without a page are refused by name', async () => {
  expect((await run(zip([]))).message).toMatchObject({ type: 'extractor.refused', code: 'zip_empty' });
  expect((await run(zip([{ name: 'a/' }]), { directory: join(home, 'b') })).message).toMatchObject({
    code: 'zip_empty',
  });
  expect((await run(zip([{ name: 'a.css', data: 'p{}' }]), { directory: join(home, 'c') })).message).toMatchObject({
    code: 'zip_no_html',
  });
});

test('an archive is given time by the processor, not by the clock: a starved machine refuses nothing', async () => {
  const held = new Int32Array(new SharedArrayBuffer(4));
  const bytes = zip([page]);
  const source = bufferSource(bytes);
  const slow = {
    size: source.size,
    read: (offset: number, length: number) => {
      Atomics.wait(held, 0, 0, 400);
      return source.read(offset, length);
    },
  };
  const fd = createContentFile(join(home, 'slow'));
  const limits = { ...ARCHIVE_LIMITS, seconds: 0.3 };
  const { files } = await unpackArchive(slow, validateArchive(source, limits), fd, limits);
  closeSync(fd);
  expect(files.map(({ path }) => path)).toEqual([page.name]);
});

test('an archive that takes too long to unpack is refused', async () => {
  const { message } = await run(zip([page]), {}, { ...ARCHIVE_LIMITS, seconds: 1e-6 });
  expect(message).toMatchObject({
    type: 'extractor.refused',
    code: 'zip_size',
    reason: expect.stringContaining('longer than'),
  });
});
