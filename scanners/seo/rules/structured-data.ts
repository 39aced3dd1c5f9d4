import type { Item } from '../data/item.ts';
import { readJsonLd } from '../data/json-ld.ts';
import { type DataFault, validate } from '../data/validate.ts';
import { type Check, type Hit, hitAt, type Subject } from './check.ts';

const blocks = (subject: Subject) =>
  subject.raw.jsonLd.filter((block) => !block.cut).map((block) => ({ block, data: readJsonLd(block) }));
const items = (subject: Subject): Item[] => [
  ...blocks(subject).flatMap(({ data }) => data.items),
  ...subject.raw.items.filter((item) => item.types.length > 0),
];

const perBlock =
  (message: (data: ReturnType<typeof readJsonLd>) => string | null): Check =>
  (subject) => {
    const all = blocks(subject);
    if (all.length === 0) return null;
    return all.flatMap(({ block, data }) => {
      const said = message(data);
      return said === null ? [] : [hitAt(block, said)];
    });
  };

const syntax = perBlock((data) => data.syntax);
const context = perBlock((data) => (data.withoutContext > 0 ? 'no @context' : null));

const type: Check = (subject) => {
  const untyped = subject.raw.items.filter(
    (item) => item.types.length === 0 && Object.keys(item.properties).length > 0,
  );
  const json = perBlock((data) => (data.withoutType > 0 ? 'an object has properties and no @type' : null))(subject);
  if (json === null && subject.raw.items.length === 0) return null;
  return [...(json ?? []), ...untyped.map((item) => hitAt(item, `${item.syntax} item without a type`))];
};

/** One hit for each place and message, so that equal items in a list stay one cause with many places. */
const faultsOf =
  (rule: DataFault['rule']): Check =>
  (subject) => {
    const all = items(subject);
    if (all.length === 0) return null;
    const hits = new Map<string, Hit>();
    for (const fault of validate(all)) {
      if (fault.rule !== rule) continue;
      const [occurrence] = hitAt(fault.item, fault.message).occurrences;
      if (!occurrence) continue;
      const before = hits.get(fault.message)?.occurrences ?? [];
      if (before.some((one) => one.selector === occurrence.selector)) continue;
      hits.set(fault.message, { evidence: fault.message.slice(0, 1024), occurrences: [...before, occurrence] });
    }
    return [...hits.values()];
  };

/** Rules on structured data: JSON-LD, microdata and RDFa alike. */
export const structuredDataRules: Readonly<Record<string, Check>> = {
  'jsonld-syntax': syntax,
  'jsonld-context-missing': context,
  'structured-data-type-missing': type,
  'structured-data-type-case': faultsOf('structured-data-type-case'),
  'structured-data-required': faultsOf('structured-data-required'),
  'structured-data-value': faultsOf('structured-data-value'),
};
