import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { FileStore, S3Store } from '@stageflow/engine/artifact';
import { storeAt } from './store.ts';

afterEach(() => vi.unstubAllEnvs());

test('the store is S3 where the environment names one, else files', () => {
  expect(storeAt('/nowhere')).toBeInstanceOf(FileStore);
  vi.stubEnv('STAGEFLOW_S3_ENDPOINT', 'https://s3.example.org');
  vi.stubEnv('STAGEFLOW_S3_REGION', 'us-east-1');
  vi.stubEnv('STAGEFLOW_S3_ACCESS_KEY', 'a-key-of-our-own');
  vi.stubEnv('STAGEFLOW_S3_SECRET_KEY', 'a-secret-of-our-own');
  expect(storeAt('/nowhere')).toBeInstanceOf(S3Store);
});

test('every command takes that store: none makes one of its own', () => {
  const server = join(import.meta.dirname, '..');
  const makers = readdirSync(server, { recursive: true, encoding: 'utf8' }).filter(
    (path) =>
      path.endsWith('.ts') &&
      !path.endsWith('.test.ts') &&
      /new (?:File|S3)Store\(/.test(readFileSync(join(server, path), 'utf8')),
  );
  expect(makers).toEqual(['cli/store.ts']);
});
