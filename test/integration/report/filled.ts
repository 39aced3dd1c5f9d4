import { reportJsonSchema, Report } from '../../../engine/report/index.ts';

interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly prefixItems?: readonly Shape[];
  readonly additionalProperties?: Shape | boolean;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly $ref?: string;
}

/** How a report is filled from its schema. */
export interface Filling {
  /** What every free text field holds, names of facts included. */
  readonly text: string;
  /** Which of several shapes is taken: 0 the first, for example an archive as the source, 1 the second. */
  readonly choice: 0 | 1;
}

/**
 * A report in which every field of the contract is there and every text of it is the given one. Made from the published schema, so that
 * a field that joins the contract joins the test. The parts refer to each other, since every name is the same.
 */
export function filledReport({ text, choice }: Filling): Report {
  const root = reportJsonSchema() as Shape & { readonly $defs?: Readonly<Record<string, Shape>> };
  const fill = (shape: Shape): unknown => {
    if (shape.$ref !== undefined) return fill(root.$defs?.[shape.$ref.split('/').at(-1) ?? ''] ?? {});
    if ('const' in shape) return shape.const;
    if (shape.enum) return shape.enum[Math.min(choice, shape.enum.length - 1)];
    const several = (shape.anyOf ?? shape.oneOf)?.filter((one) => one.type !== 'null');
    if (several) return fill(several[Math.min(choice, several.length - 1)] ?? {});
    switch (shape.type) {
      case 'object':
        if (typeof shape.additionalProperties === 'object' && !shape.properties)
          return { [text]: fill(shape.additionalProperties) };
        return Object.fromEntries(Object.entries(shape.properties ?? {}).map(([name, part]) => [name, fill(part)]));
      case 'array':
        return shape.prefixItems ? shape.prefixItems.map(fill) : [fill(shape.items ?? {})];
      case 'string':
        return shape.format === 'date-time' ? '2026-11-23T12:00:00.000Z' : text.slice(0, shape.maxLength ?? Infinity);
      case 'integer':
      case 'number':
        return 7;
      case 'boolean':
        return choice === 0;
      default:
        return text;
    }
  };
  return Report.parse(fill(root));
}
