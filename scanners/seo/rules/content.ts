import type { AnchorFact } from '../raw.ts';
import { at, type Check, hitAt, hitPage, type Subject } from './check.ts';

const h1Missing: Check = ({ raw }) =>
  raw.headings.some((heading) => heading.level === 1) ? [] : [hitPage('no h1 is shown')];

const h1Multiple: Check = ({ raw }) => {
  const [, ...others] = raw.headings.filter((heading) => heading.level === 1);
  return others.length === 0
    ? []
    : [{ occurrences: others.map((heading) => at(heading, `one h1 more: “${heading.text.slice(0, 80)}”`)) }];
};

const order: Check = ({ raw }) => {
  if (raw.headings.length < 2) return null;
  return raw.headings.flatMap((heading, index) => {
    const before = raw.headings[index - 1];
    return before && heading.level > before.level + 1
      ? [hitAt(heading, `h${heading.level} follows h${before.level}`)]
      : [];
  });
};

const empty: Check = ({ raw }) => {
  if (raw.headings.length === 0) return null;
  return raw.headings
    .filter((heading) => heading.text === '')
    .map((heading) => hitAt(heading, `h${heading.level} without text`));
};

const imageAlt: Check = ({ raw }) => raw.imagesWithoutAlt.map((image) => hitAt(image, 'no alt attribute'));

const anchors = (
  raw: Subject['raw'],
  faults: readonly AnchorFact['fault'][],
  message: (anchor: AnchorFact) => string,
) => raw.anchors.filter((anchor) => faults.includes(anchor.fault)).map((anchor) => hitAt(anchor, message(anchor)));

const notCrawlable: Check = ({ raw }) =>
  anchors(raw, ['javascript', 'no-href'], (anchor) =>
    anchor.fault === 'javascript' ? 'href runs a script' : 'no href, only an onclick',
  );

const vague: Check = ({ raw }) =>
  /^en\b/i.test(raw.lang ?? '') ? anchors(raw, ['vague'], (anchor) => `the text is “${anchor.text}”`) : null;

/** Rules on headings, images and links of the page. */
export const contentRules: Readonly<Record<string, Check>> = {
  'heading-h1-missing': h1Missing,
  'heading-h1-multiple': h1Multiple,
  'heading-order': order,
  'heading-empty': empty,
  'image-alt': imageAlt,
  'link-not-crawlable': notCrawlable,
  'link-text': vague,
};
