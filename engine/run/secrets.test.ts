import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSecretFolder, type SecretFolder, sweepSecrets } from './secrets.ts';

const ACCESS = { headers: { authorization: 'Bearer x' }, cookies: [], basicAuth: null, storageState: null };
let folder: string;
let secrets: SecretFolder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stageflow-secrets-'));
  secrets = openSecretFolder(join(folder, 'secrets'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A ledger that knows these jobs; true means ended. */
const ledger = (jobs: Record<string, boolean>) =>
  ({
    job: (id: string) => (id in jobs ? { id } : null),
    ended: (id: string) => jobs[id] === true,
  }) as unknown as Parameters<typeof sweepSecrets>[1];

test('login details of a job that ended, or that its submitter was killed before making, do not stay', () => {
  for (const id of ['runs', 'ended', 'never']) secrets.put(id, ACCESS);
  writeFileSync(join(folder, 'secrets/torn.json'), '{"hea');
  expect(sweepSecrets(secrets, ledger({ runs: false, ended: true })).toSorted()).toEqual(['ended', 'never', 'torn']);
  expect(readdirSync(join(folder, 'secrets'))).toEqual(['runs.json']);
  expect(secrets.get('runs')).toEqual(ACCESS);
});

test('where none were ever given there is nothing to clear away', () => {
  expect(sweepSecrets(secrets, ledger({}))).toEqual([]);
});
