import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { againstPublishedSchema } from '../conformance/published-schema.ts';
import { createHome, leftovers } from '../e2e/cli.ts';
import { makeCertificate } from '../e2e/support/certificate.ts';
import { scan } from '../e2e/support/scan.ts';
import { serveBuildSecurely } from '../e2e/support/secure-build.ts';
import { LEFT_OUT, rowsOfSuite } from '../suite.ts';
import { siteFiles } from './build.ts';
import { EXACT, expectedOf, judge } from './judge.ts';
import type { Variant } from './variants.ts';

/** Modules that share the one navigation of a page; Lighthouse looks at the same sites as builds. */
const PAGE_MODULES = 'axe,link-checker,security-headers,seo';
const names = readdirSync(import.meta.dirname).flatMap(
  (name) => /^(.+)(?<!^awkward)\.expected\.json$/.exec(name)?.[1] ?? [],
);

const home = createHome();
afterAll(() => home.dispose());
const certificate = makeCertificate(names.map((name) => `${name}.localhost`));

/** A twin's files with the address under which they are served in place of the one that the sources name. */
const filesAt = (name: string, variant: Variant, named: string, origin: string) =>
  new Map(
    [...siteFiles(name, variant)].map(([path, bytes]) => [
      path,
      Buffer.from(bytes.toString('latin1').replaceAll(named, origin), 'latin1'),
    ]),
  );

const { run: now, leftOut } = rowsOfSuite(names, (name) => name === 'shop');
describe.each(now)('%s as addresses over TLS and HTTP/2', judgeServed);
describe.skip.each(leftOut)(`%s as addresses over TLS and HTTP/2 ${LEFT_OUT}`, judgeServed);

function judgeServed(name: string): void {
  const expected = expectedOf(name);
  const named = expected.siteUrl ?? '';

  it.each<Variant>(['broken', 'repaired'])('the %s twin gives what its list says and nothing else', async (variant) => {
    const server = await serveBuildSecurely(certificate, name, (origin) => filesAt(name, variant, named, origin));
    const { code, report, stderr, folder } = await scan(
      [`${server.origin}/`, '--allow-host', server.authority, '-m', PAGE_MODULES],
      { home: home.path, env: { STAGEFLOW_TEST_TRUST: certificate.trust } },
    );
    await server.close();
    expect(code, stderr.slice(-2000)).toBe(0);
    expect([...server.versions]).toContain('2.0');
    const where = { from: server.authority, to: new URL(named).host };
    expect(judge(report, expected, { variant, form: 'url', where })).toEqual(EXACT);
    expect(againstPublishedSchema(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')))).toEqual([]);
    expect(leftovers(home.path)).toEqual([]);
  });
}
