import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testTrust } from './test-trust.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Program files of the product, its tests left out. */
const product = ['stageflow', 'engine', 'server', 'scanners', 'main', 'renderer'].flatMap((top) =>
  top === 'stageflow'
    ? [top]
    : readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' })
        .map((path) => join(top, path))
        .filter((path) => /\.(?:ts|tsx|env|service)$/.test(path) && !/node_modules|\/test\/|\.test\.tsx?$/.test(path)),
);

test('no variable makes a run of the product trust the certificates of a test', () => {
  process.env.STAGEFLOW_TEST_TRUST = '{"spki":["x"],"pem":"y"}';
  expect(testTrust()).toBeNull();
  delete process.env.STAGEFLOW_TEST_TRUST;
  const naming = (word: string) => product.filter((path) => readFileSync(join(ROOT, path), 'utf8').includes(word));
  expect(naming('TEST_TRUST')).toEqual([]);
  expect(naming('trustForTests')).toEqual(['server/cli/test-trust.ts']);
});
