/** A value of a property. */
export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'ref'; readonly id: string };

/** One structured data item, whatever syntax it was written in. */
export interface Item {
  readonly syntax: 'json-ld' | 'microdata' | 'rdfa';
  /** Type names without the schema.org address. */
  readonly types: readonly string[];
  readonly id: string | null;
  readonly properties: Readonly<Record<string, readonly Value[]>>;
  /** Where its markup begins. */
  readonly selector: string;
  readonly snippet: string;
}

/** Name of a schema.org type or property out of its address; null for one of another vocabulary. */
export function schemaName(name: string): string | null {
  const match = /^(?:https?:\/\/(?:www\.)?schema\.org\/|schema:)?([^/:#]+)$/i.exec(name.trim());
  return match?.[1] ?? null;
}
