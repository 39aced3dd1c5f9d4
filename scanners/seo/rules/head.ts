import { at, type Check, hitAt, hitPage, option } from './check.ts';

const PLACEHOLDERS = new Set([
  'untitled',
  'untitled document',
  'document',
  'home',
  'new page',
  'index',
  'page',
  'title',
  'welcome',
  'react app',
  'vite app',
]);

const title: Check = ({ raw }) => {
  const [first] = raw.titles;
  if (first && first.text !== '') return [];
  return [first ? hitAt(first, 'the title is empty') : hitPage('no title element in the head')];
};

const titleMultiple: Check = ({ raw }) => {
  if (raw.titles.length === 0) return null;
  return raw.titles.length === 1 ? [] : [{ occurrences: raw.titles.slice(1).map((one) => at(one, 'one title more')) }];
};

const titleLong: Check = ({ raw, options }) => {
  const [first] = raw.titles;
  if (!first || first.text === '') return null;
  const most = option(options, 'titleMaxLength', 70);
  const { length } = [...first.text];
  return length > most ? [hitAt(first, `${length} characters; about ${most} are shown`)] : [];
};

const titleShort: Check = ({ raw }) => {
  const [first] = raw.titles;
  if (!first || first.text === '') return null;
  const small = [...first.text].length < 5 && /^[\p{Script=Latin}\p{N}\p{P}\s]*$/u.test(first.text);
  return small || PLACEHOLDERS.has(first.text.toLowerCase()) ? [hitAt(first, `the title is “${first.text}”`)] : [];
};

const description: Check = ({ metas }) => {
  const found = metas('description');
  if (found.some((meta) => meta.content !== '')) return [];
  const [first] = found;
  return [first ? hitAt(first, 'the description is empty') : hitPage('no meta description')];
};

const descriptionMultiple: Check = ({ metas }) => {
  const found = metas('description');
  if (found.length === 0) return null;
  return found.length === 1 ? [] : [{ occurrences: found.slice(1).map((meta) => at(meta, 'one description more')) }];
};

const descriptionLong: Check = ({ metas, options }) => {
  const [first] = metas('description');
  if (!first || first.content === '') return null;
  const most = option(options, 'descriptionMaxLength', 200);
  const { length } = [...first.content];
  return length > most ? [hitAt(first, `${length} characters; about ${most} are shown at most`)] : [];
};

const viewport: Check = ({ metas }) => {
  const found = metas('viewport');
  if (found.some((meta) => /(?:^|[,;\s])(?:width|initial-scale)\s*=/i.test(meta.content))) return [];
  const [first] = found;
  return [first ? hitAt(first, 'the viewport has neither width nor initial-scale') : hitPage('no meta viewport')];
};

const charsetMissing: Check = ({ raw }) => {
  if (raw.source === null) return null;
  const declared =
    /charset\s*=/i.test(raw.contentType ?? '') || raw.source.charsetEnd !== null || raw.source.byteOrderMark;
  return declared ? [] : [hitPage('neither Content-Type nor a meta element names the encoding')];
};

const charsetLate: Check = ({ raw }) => {
  const end = raw.source?.charsetEnd ?? null;
  if (end === null || raw.source?.byteOrderMark || /charset\s*=/i.test(raw.contentType ?? '')) return null;
  return end > 1024 ? [hitPage(`the declaration ends at byte ${end}`)] : [];
};

const doctype: Check = ({ raw }) => (raw.quirks ? [hitPage('the browser renders the page in quirks mode')] : []);

const refresh: Check = ({ metas }) =>
  metas('refresh')
    .filter((meta) => /^\s*\d*\.?\d*\s*[;,]\s*(?:url\s*=\s*)?\S/i.test(meta.content))
    .map((meta) => hitAt(meta, `content is “${meta.content.slice(0, 200)}”`));

const squeeze = (text: string | null | undefined) => (text ?? '').replace(/\s+/g, ' ').trim();

const changed: Check = ({ raw, canonicals, metas }) => {
  const { source } = raw;
  if (source === null) return null;
  const rendered = {
    title: raw.titles[0]?.text,
    description: metas('description')[0]?.content,
    canonical: canonicals[0]?.href,
    robots: metas('robots')[0]?.content,
  };
  return (['title', 'description', 'canonical', 'robots'] as const).flatMap((name) => {
    const [before, after] = [squeeze(source[name]), squeeze(rendered[name])];
    if (before === after) return [];
    const quote = (text: string) => (text === '' ? 'nothing' : `“${text.slice(0, 200)}”`);
    return [hitPage(`${name}: ${quote(before)} in the source, ${quote(after)} after scripts`, name)];
  });
};

/** Rules on the head of the page. */
export const headRules: Readonly<Record<string, Check>> = {
  'document-title': title,
  'title-multiple': titleMultiple,
  'title-too-long': titleLong,
  'title-too-short': titleShort,
  'meta-description': description,
  'description-multiple': descriptionMultiple,
  'description-too-long': descriptionLong,
  'viewport-missing': viewport,
  'charset-missing': charsetMissing,
  'charset-late': charsetLate,
  'doctype-missing': doctype,
  'meta-refresh': refresh,
  'changed-by-script': changed,
};
