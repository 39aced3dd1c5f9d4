import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { againstPublishedSchema } from '../conformance/published-schema.ts';
import { createHome, leftovers } from '../e2e/cli.ts';
import { makeCertificate } from '../e2e/support/certificate.ts';
import { scan } from '../e2e/support/scan.ts';
import { serveBuildSecurely } from '../e2e/support/secure-build.ts';
import { listenSecurely } from '../e2e/support/secure-server.ts';
import { LEFT_OUT, rowsOfSuite } from '../suite.ts';
import { siteFiles } from './build.ts';
import { EXACT, expectedOf, judge } from './judge.ts';
import type { Variant } from './variants.ts';

/** Modules that share the one navigation of a page; Lighthouse looks at the same sites as builds. */
const PAGE_MODULES = 'axe,link-checker,security-headers,seo';
const names = readdirSync(import.meta.dirname).flatMap(
  (name) => /^(.+)(?<!^awkward|^navigator)\.expected\.json$/.exec(name)?.[1] ?? [],
);

const home = createHome();
afterAll(() => home.dispose());
const certificate = makeCertificate([...names, 'elsewhere'].map((name) => `${name}.localhost`));
/** Stands for every other site that the pages link to: names under .example exist nowhere. */
const elsewhere = await listenSecurely(certificate, (_, response) =>
  response.end('<!doctype html><title>There</title>'),
);
afterAll(() => elsewhere.close());
const ELSEWHERE = `elsewhere.localhost:${elsewhere.port}`;
const LINK_TO_OTHERS = /(<a\b[^>]*\bhref="https?:\/\/)[a-z]+\.example/g;

/** A twin's files with the host under which they are served in place of the one that the sources name, and with links that lead somewhere. */
const filesAt = (name: string, variant: Variant, named: string, authority: string) =>
  new Map(
    [...siteFiles(name, variant)].map(([path, bytes]) => {
      const own = bytes.toString('latin1').replaceAll(`//${named}`, `//${authority}`);
      return [path, Buffer.from(own.replaceAll(LINK_TO_OTHERS, `$1${ELSEWHERE}`), 'latin1')];
    }),
  );

const { run: now, leftOut } = rowsOfSuite(names, (name) => name === 'shop');
describe.each(now)('%s as addresses over TLS and HTTP/2', judgeServed);
describe.skip.each(leftOut)(`%s as addresses over TLS and HTTP/2 ${LEFT_OUT}`, judgeServed);

function judgeServed(name: string): void {
  const expected = expectedOf(name);
  const named = new URL(expected.siteUrl ?? '').host;

  it.each<Variant>(['broken', 'repaired'])('the %s twin gives what its list says and nothing else', async (variant) => {
    const server = await serveBuildSecurely(certificate, name, (authority) => filesAt(name, variant, named, authority));
    const { code, report, stderr, folder } = await scan(
      [
        `https://${server.authority}/`,
        ...['--allow-host', server.authority, '--allow-host', ELSEWHERE],
        ...['-m', PAGE_MODULES],
      ],
      { home: home.path, env: { STAGEFLOW_TEST_TRUST: certificate.trust } },
    );
    await server.close();
    expect(code, stderr.slice(-2000)).toBe(0);
    expect([...server.versions]).toContain('2.0');
    const where = { from: server.authority, to: named };
    expect(judge(report, expected, { variant, form: 'url', where })).toEqual(EXACT);
    expect(againstPublishedSchema(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')))).toEqual([]);
    expect(leftovers(home.path)).toEqual([]);
  });
}
