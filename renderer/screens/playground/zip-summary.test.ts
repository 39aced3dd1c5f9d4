import { describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { summariseZip } from './zip-summary.ts';

async function zipOf(files: Readonly<Record<string, string>>): Promise<Blob> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return new Blob([Uint8Array.from(Buffer.concat(chunks))]);
}

describe('looking into an archive before it is sent', () => {
  it('counts files, pages and bytes, finds the first page and what the host would read', async () => {
    const blob = await zipOf({
      'dist/index.html': '<h1>a</h1>',
      'dist/b/index.html': 'x',
      'dist/_headers': '/*',
      'dist/a.css': '12345',
    });
    expect(await summariseZip(blob)).toEqual({
      files: 4,
      pages: 2,
      bytes: 18,
      index: 'dist/index.html',
      hosting: ['_headers'],
      warnings: [],
    });
  });

  it.each([
    [{}, 'It holds no files.'],
    [{ 'a.css': '' }, 'It holds no HTML page. Pack the folder that holds index.html.'],
    [{ 'a.html': '' }, 'It has no index.html; the scan begins at the page that comes first.'],
    [{ 'index.html': '', 'node_modules/x/a.js': '' }, 'It holds node_modules or .git. Pack the built site alone.'],
  ])('warns of what will be refused or surprise: %j', async (files, warning) => {
    expect((await summariseZip(await zipOf(files)))?.warnings).toEqual([warning]);
  });

  it('knows what is no archive, however it ends', async () => {
    expect(await summariseZip(new Blob(['<html>']))).toBeNull();
    expect(await summariseZip(new Blob([]))).toBeNull();
  });

  it('does not run away on a table of contents that lies', async () => {
    const bytes = new Uint8Array(await (await zipOf({ 'index.html': 'x' })).arrayBuffer());
    for (let at = bytes.length - 22; at < bytes.length; at += 1) {
      const broken = Uint8Array.from(bytes);
      broken[at] = 0xff;
      await summariseZip(new Blob([broken]));
    }
  });
});
