import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readExpiry } from './share.ts';
import { namedRemote, readRemotes, readServerUrl, writeRemotes } from './remotes.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remotes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a remote', () => {
  const team = { url: 'https://scan.example.org', token: 'sf_secret' };

  it('is kept where only this user can read its token, and found by its name or its address', () => {
    writeRemotes(folder, { team });
    expect(statSync(join(folder, 'remotes.json')).mode & 0o077).toBe(0);
    expect(namedRemote('team', folder, {})).toEqual(team);
    expect(namedRemote('https://scan.example.org/jobs', folder, {})).toEqual(team);
    expect(namedRemote('team', folder, { STAGEFLOW_TOKEN: 'sf_other' }).token).toBe('sf_other');
  });

  it('that nobody added is refused with the names that are known; a stored token never goes to another address', () => {
    writeRemotes(folder, { team });
    expect(() => namedRemote('tean', folder, {})).toThrow(/no remote called tean. Known: team/);
    expect(() => namedRemote('constructor', folder, {})).toThrow(expect.objectContaining({ code: 'remote_unknown' }));
    expect(namedRemote('https://scan.example.com', folder, {}).token).toBeNull();
  });

  it.each(['http://scan.example.org', 'https://me:sf_secret@scan.example.org', 'ftp://x', 'scan example'])(
    'is not at %s, where its token could be read',
    (url) => expect(() => readServerUrl(url)).toThrow(expect.objectContaining({ code: 'bad_option' })),
  );

  it('may be on this machine without TLS', () => {
    expect(readServerUrl('http://127.0.0.1:7070/x')).toBe('http://127.0.0.1:7070');
  });

  it('in a damaged file is said so', () => {
    writeFileSync(join(folder, 'remotes.json'), '{');
    expect(() => readRemotes(folder)).toThrow(expect.objectContaining({ code: 'bad_option' }));
  });
});

it('a share ends after hours, days or weeks, a year at most', () => {
  expect(['12h', '7d', '4w'].map(readExpiry)).toEqual([0.5, 7, 28]);
  for (const bad of ['7', '0d', '-1d', '400d', '1y']) expect(() => readExpiry(bad)).toThrow(/12h, 7d or 4w/);
});
