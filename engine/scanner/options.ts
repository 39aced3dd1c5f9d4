import { z } from 'zod';
import type { Manifest } from './manifest.ts';

/** Why a value cannot be an option of a scanner, as a clause; null when it can. */
export function problemOfOption(
  { id, options }: Pick<Manifest, 'id' | 'options'>,
  name: string,
  value: unknown,
): string | null {
  const properties = (options.properties ?? {}) as Record<string, z.core.JSONSchema.JSONSchema>;
  if (!Object.hasOwn(properties, name)) return `${id} knows ${Object.keys(properties).join(', ') || 'no options'}`;
  const wanted = properties[name] ?? {};
  if (z.fromJSONSchema(wanted).safeParse(value).success) return null;
  if (wanted.type === 'boolean') return `${id}.${name} must be true or false`;
  const { minimum, maximum } = wanted;
  if (wanted.type === 'integer' && minimum !== undefined && maximum !== undefined)
    return `${id}.${name} must be a whole number from ${minimum} to ${maximum}`;
  return `${id}.${name} must be as its manifest says: ${JSON.stringify(wanted)}`;
}
