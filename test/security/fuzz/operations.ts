import * as fc from 'fast-check';
import type { Route } from '../../../server/route.ts';
import { openapiDocument } from '../../../server/routes/openapi.ts';
import { damagedJson, hostileText } from './hostile.ts';
import { type Making, type Schema, valuesOf } from './schema-values.ts';

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

/** One method of one path of the document. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Schema of the body by media type. */
  readonly bodies: Readonly<Record<string, Schema>>;
}

/** A request as it goes to the app. */
export interface FuzzedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

interface SentBody {
  readonly type: string | undefined;
  readonly body: FuzzedRequest['body'];
}

/** What requests are filled with: texts that mean something here, tokens of every kind, bodies that are no JSON. */
export interface Stock extends Pick<Making, 'known'> {
  /** The first two may do everything between them; the others are of every other kind. */
  readonly tokens: readonly string[];
  readonly bytes: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

/** Every operation of the document that these routes give, and the schemas that it names. */
export function operationsOf(routes: readonly Route[]): {
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, Schema>>;
} {
  const { paths, components } = openapiDocument(routes) as unknown as Document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => {
      const content = (operation.requestBody as { content?: Record<string, { schema: Schema }> } | undefined)?.content;
      return {
        method: method.toUpperCase(),
        path,
        parameters: (operation.parameters ?? []) as Parameter[],
        bodies: Object.fromEntries(Object.entries(content ?? {}).map(([type, { schema }]) => [type, schema])),
      };
    }),
  );
  return { operations, schemas: components.schemas };
}

/** `value`, or now and then something hostile. */
const mostly = (value: fc.Arbitrary<string>, weight = 5) =>
  fc.oneof({ weight, arbitrary: value }, { weight: 1, arbitrary: hostileText });
const maybe = <T>(value: fc.Arbitrary<T>, freq: number) => fc.option(value, { nil: undefined, freq });

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** Headers that any request may bear. `freq` is how many requests bear one for each that does not. */
const COMMON: Readonly<Record<string, readonly string[]>> = {
  'idempotency-key': ['k1', 'k2', 'k3', 'key with blanks', 'k'.repeat(256)],
  range: [
    'bytes=0-1',
    'bytes=5-',
    'bytes=-1',
    'bytes=0-1,3-4',
    'bytes=9-2',
    'bytes=99999999999999999999-',
    'lines=1-2',
  ],
  'last-event-id': ['0', '3', '99999999999999999999', '-1'],
  accept: ['text/html', 'application/json', '*/*;q=0'],
  'if-none-match': ['*', '"x"'],
  origin: ['null', 'https://evil.example', 'http://127.0.0.1:7070'],
  'sec-fetch-site': ['cross-site', 'same-origin'],
  'x-request-id': ['r1', '<script>'],
  'x-forwarded-for': ['1.2.3.4', 'x'],
  'content-encoding': ['gzip'],
  'content-length': ['0', '5', 'x', '999999999999'],
  cookie: ['stageflow_session=x', 'a=b; a=c', ';;;='],
};

/** Whether a header can be sent at all; the client refuses the others. */
function sendable(name: string, value: string): boolean {
  try {
    return new Headers([[name, value]]).has(name);
  } catch {
    return false;
  }
}

/** Requests for an operation: every other one is meant well, in the rest each part is hostile now and then. */
export function requestsOf(
  operation: Operation,
  schemas: Readonly<Record<string, Schema>>,
  stock: Stock,
): fc.Arbitrary<FuzzedRequest> {
  return fc.oneof(
    requests(operation, { schemas, known: stock.known, stray: 0 }, stock),
    requests(operation, { schemas, known: stock.known, stray: 7 }, stock),
  );
}

const HOSTILE_SEGMENTS = ['%', '%ff', '%00', '..%2f..%2fx', '%2e%2e', 'a%0d%0ab', 'x;y=1', '+', '~'];

/** One segment of a path; ids are known by the resource that they are of. */
function segmentOf({ path }: Operation, one: Parameter, making: Making): fc.Arbitrary<string> {
  const [, first, , third] = path.split('/');
  const owned = `${first === 'api' ? third : first}.${one.name}`;
  const name = owned in making.known ? owned : one.name;
  // The only parameter that takes slashes as they are.
  const spelled = (text: string) => (one.name === 'path' ? text.split('/') : [text]).map(encodeURIComponent).join('/');
  const meant = valuesOf(one.schema, name, making).map((value) => spelled(asText(value).toWellFormed()));
  if (making.stray === 0) return meant;
  return fc.oneof(
    { weight: 6, arbitrary: meant },
    { weight: 1, arbitrary: hostileText.map((text) => encodeURIComponent(text.toWellFormed())) },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_SEGMENTS) },
  );
}

function bodiesOf({ bodies }: Operation, making: Making, { bytes }: Stock): fc.Arbitrary<SentBody> {
  const types = Object.entries(bodies);
  if (types.length === 0) return fc.constant({ type: undefined, body: null });
  const whole = types.map(([type, schema]): fc.Arbitrary<SentBody> => {
    const known = bytes[type];
    const body =
      known === undefined
        ? valuesOf(schema, '', making).map((value) => JSON.stringify(value))
        : fc.constant<SentBody['body']>(known);
    return fc.record({ type: fc.constant(type), body });
  });
  if (making.stray === 0) return fc.oneof(...whole);
  const damaged = whole.map((one) =>
    one.chain(({ type, body }) =>
      fc.record({ type: fc.constant(type), body: typeof body === 'string' ? damagedJson(body) : damagedBytes(body) }),
    ),
  );
  const mistyped = fc.record({
    type: fc.constantFrom(undefined, 'text/plain', 'application/json; charset=x', 'a/b/c', ''),
    body: fc.constant('{}'),
  });
  return fc.oneof(
    { weight: 6, arbitrary: fc.oneof(...whole) },
    { weight: 3, arbitrary: fc.oneof(...damaged) },
    { weight: 1, arbitrary: mistyped },
  );
}

function requests(operation: Operation, making: Making, stock: Stock): fc.Arbitrary<FuzzedRequest> {
  const { method, path, parameters } = operation;
  const honest = making.stray === 0;
  const value = ({ name, schema }: Parameter) => valuesOf(schema, name, making).map(asText);
  const odd = (text: fc.Arbitrary<string>) => (honest ? text : mostly(text));
  const placed = (place: Parameter['in']) => parameters.filter((one) => one.in === place);
  const fields = <T>(entries: [string, fc.Arbitrary<T>][]) => fc.record(Object.fromEntries(entries));

  return fc
    .record({
      places: fields(placed('path').map((one) => [one.name, segmentOf(operation, one, making)])),
      query: fields(
        placed('query').map((one) => [one.name, one.required ? odd(value(one)) : maybe(odd(value(one)), 1)]),
      ),
      extra: honest
        ? fc.constant(undefined)
        : maybe(fc.tuple(fc.constantFrom('x', '__proto__', 'limit', 'id', 'id[]'), hostileText), 8),
      common: honest
        ? fc.constant({})
        : fields(Object.entries(COMMON).map(([name, values]) => [name, maybe(mostly(fc.constantFrom(...values)), 12)])),
      given: fields(placed('header').map((one) => [one.name, maybe(odd(value(one)), 1)])),
      token: fc.constantFrom(...(honest ? stock.tokens.slice(0, 2) : stock.tokens)),
      sent: bodiesOf(operation, making, stock),
    })
    .map(({ places, query, extra, common, given, token, sent }) => {
      const asked = Object.entries<string | undefined>(query);
      if (extra !== undefined) asked.push(extra);
      const search = new URLSearchParams(
        asked.flatMap(([name, one]): [string, string][] => (one === undefined ? [] : [[name, one.toWellFormed()]])),
      );
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => places[name] ?? '');
      const headers = Object.entries<string | undefined>({
        ...common,
        ...given,
        'content-type': sent.type,
        authorization: token === '' ? undefined : `Bearer ${token}`,
      });
      return {
        method,
        url: `http://127.0.0.1:7070${filled}${search.size > 0 ? `?${search}` : ''}`,
        headers: Object.fromEntries(
          headers.filter((one): one is [string, string] => one[1] !== undefined && sendable(one[0], one[1])),
        ),
        body: sent.body,
      };
    });
}

/** Bytes cut short, with one of them changed, or others altogether. */
function damagedBytes(whole: Uint8Array<ArrayBuffer> | null): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  if (whole === null) return fc.constant(new Uint8Array());
  const changed = fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => {
    const copy = whole.slice();
    copy[at] = byte;
    return copy;
  });
  return fc.oneof(
    changed,
    fc.nat(whole.length).map((end) => whole.slice(0, end)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
  );
}
