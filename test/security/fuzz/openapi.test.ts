import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../../../server/routes/index.ts';
import { startTestServer, type TestServer } from '../../integration/server/harness.ts';
import { faultsOf, readAnswer } from './judge.ts';
import { type FuzzedRequest, type Operation, operationsOf, requestsOf, type Stock } from './operations.ts';
import type { Schema } from './schema-values.ts';
import { stockOf } from './stock.ts';

/** Requests for each operation; STAGEFLOW_FUZZ_RUNS=2000 makes a hundred thousand of them. */
const RUNS = Number(process.env.STAGEFLOW_FUZZ_RUNS ?? 60);
const SEED = Number(process.env.STAGEFLOW_SEED ?? 1);

let server: TestServer;
let stock: Stock;
const { operations, schemas } = operationsOf(ROUTES);
/** Readers first, then what makes things, then what ends or removes them: each finds what it needs. */
const rank = ({ method, path }: Operation) =>
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].indexOf(method) * 2 + Number(/cancel$|jobs\/\{id\}$/.test(path));
const inOrder = operations.toSorted((a, b) => rank(a) - rank(b));
/** What has no success to be reached here: the app of the tests counts nothing. */
const UNREACHED: ReadonlySet<string> = new Set(['GET /metrics']);

beforeAll(async () => {
  server = await startTestServer({ config: { bytesPerDay: 2 ** 40, queuedJobs: 10_000 } });
  stock = await stockOf(server);
});
afterAll(() => server.close());

let asked = 0;
// From another address each time: a guesser of links is slowed down by address.
const ask = ({ url, method, headers, body }: FuzzedRequest) =>
  server.app.fetch(new Request(url, { method, headers, ...(body === null ? {} : { body }) }), {
    address: `198.51.${(asked >> 8) & 255}.${(asked += 1) & 255}`,
  });

describe('A13 whatever is asked', () => {
  for (const operation of inOrder) {
    const { method, path } = operation;
    const route = ROUTES.find((one) => one.path === path && one.method.toUpperCase() === method);

    it(
      `${method} ${path} answers as documented and tells nothing of its inside`,
      async () => {
        expect(route).toBeDefined();
        if (route === undefined) return;
        const seen = new Set<number>();
        const property = fc.asyncProperty(requestsOf(operation, schemas, stock), async (request) => {
          const answer = await readAnswer(await ask(request));
          seen.add(answer.status);
          expect(faultsOf(answer, route)).toEqual([]);
        });
        await fc.assert(property, { seed: SEED, numRuns: RUNS });
        // Requests that are all refused at the door would prove nothing.
        if (!UNREACHED.has(`${method} ${path}`)) expect([...seen].some((status) => status < 300)).toBe(true);
      },
      RUNS * 1000,
    );
  }

  it('the document has no schema that nothing can satisfy: closed ones do not stand side by side', () => {
    const closed = (part: Schema): boolean =>
      part.additionalProperties === false ||
      (part.$ref !== undefined && closed(schemas[part.$ref.split('/').at(-1) ?? ''] ?? {}));
    const sides = Object.entries(schemas).flatMap(([name, { allOf = [] }]) => (allOf.some(closed) ? [name] : []));
    expect(sides).toEqual([]);
  });

  it('no secret of a request is in the log', () => {
    const log = server.logged.join('\n');
    for (const token of stock.tokens.filter((text) => text.length > 20)) expect(log).not.toContain(token);
  });
});
