/**
 * Sources of the test sites hold each planted fault beside its repair: `{{#fault-id}}broken{{or}}repaired{{/}}`.
 * A page is written once and gives both twins, so that they differ in the faults and in nothing else.
 */
const MARK = /\{\{#([a-z0-9-]+)\}\}([\s\S]*?)\{\{or\}\}([\s\S]*?)\{\{\/\}\}/g;

/** Which twin. */
export type Variant = 'broken' | 'repaired';

/** One twin of a source text. */
export function renderVariant(source: string, variant: Variant): string {
  return source.replace(MARK, (_, _id: string, broken: string, repaired: string) =>
    variant === 'broken' ? broken : repaired,
  );
}

/** Ids of the faults planted in a source text, in order. */
export function faultsIn(source: string): string[] {
  return [...source.matchAll(MARK)].map((match) => match[1] ?? '');
}
