import * as fc from 'fast-check';
import { hostileValue } from './hostile.ts';

/** A JSON Schema as the document bears it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

/** What values are made with. */
export interface Making {
  readonly schemas: Readonly<Record<string, Schema>>;
  /** Texts that mean something here, by the name of the field or parameter. */
  readonly known: Readonly<Record<string, readonly string[]>>;
  /** How many of a hundred values are not what their schema asks for; 0 for requests that are meant well. */
  readonly stray: number;
}

const LATER = '2099-01-01T00:00:00Z';

const textOf = (schema: Schema, name: string, making: Making): fc.Arbitrary<unknown> => {
  const meant = making.known[name] ?? [];
  const formats: Readonly<Record<string, string>> = { 'date-time': LATER, uri: 'https://a.example/hook' };
  const format = schema.format === undefined ? undefined : formats[schema.format];
  const usual = format === undefined ? fc.string({ minLength: 1, maxLength: 12 }) : fc.constant(format);
  if (making.stray === 0 && meant.length > 0) return fc.constantFrom(...meant);
  return meant.length === 0
    ? usual
    : fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...meant) }, { weight: 1, arbitrary: usual });
};

/** Values that a schema allows, most of the time. `name` is that of the field or parameter. */
export function valuesOf(schema: Schema, name: string, making: Making): fc.Arbitrary<unknown> {
  const { stray } = making;
  if (stray === 0) return allowed(schema, name, making);
  return fc.oneof(
    { weight: 100 - stray, arbitrary: allowed(schema, name, making) },
    { weight: stray, arbitrary: hostileValue },
  );
}

function allowed(schema: Schema, name: string, making: Making): fc.Arbitrary<unknown> {
  const { $ref, type } = schema;
  if ($ref !== undefined) return allowed(making.schemas[$ref.split('/').at(-1) ?? ''] ?? {}, name, making);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => allowed(choice, name, making)));
  if (schema.allOf !== undefined) {
    const parts = schema.allOf.map((part) => allowed(part, name, making));
    return fc.tuple(...parts).map((values) => Object.assign({}, ...values) as unknown);
  }
  const types = typeof type === 'string' ? [type] : (type ?? []);
  // A field of any form: an empty object is the least of them.
  if (types.length === 0) return making.stray === 0 ? fc.constant({}) : hostileValue;
  return fc.oneof(...types.map((one) => ofType(one, schema, name, making)));
}

function ofType(type: string, schema: Schema, name: string, making: Making): fc.Arbitrary<unknown> {
  const { exclusiveMinimum = -1, minimum = exclusiveMinimum + 1, maximum = minimum + 1000 } = schema;
  switch (type) {
    case 'string':
      return textOf(schema, name, making);
    case 'integer':
      return fc.integer({ min: minimum, max: maximum });
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, name, making), { minLength: schema.minItems ?? 0, maxLength: 3 });
    default:
      return objectOf(schema, making);
  }
}

function objectOf(schema: Schema, making: Making): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties: more } = schema;
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, valuesOf(field, name, making)]),
  );
  const own = fc.record(fields, { requiredKeys: Object.keys(fields).filter((name) => required.includes(name)) });
  if (making.stray === 0) return own;
  const names = fc.constantFrom('axe', 'seo', 'lighthouse', 'x-a', 'constructor', '');
  const others = fc.dictionary(names, typeof more === 'object' ? valuesOf(more, '', making) : hostileValue, {
    maxKeys: 2,
  });
  // A closed object gets a stranger now and then, an open one often.
  const chance = typeof more === 'object' ? 2 : 12;
  return fc.oneof(
    { weight: chance - 1, arbitrary: own },
    { weight: 1, arbitrary: fc.tuple(own, others).map(([mine, strange]) => ({ ...strange, ...mine })) },
  );
}
