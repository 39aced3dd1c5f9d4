import { hreflangFault, isLanguage } from '../language.ts';
import { at, type Check, hitAt, hitPage, normalUrl } from './check.ts';

const htmlPlace = { selector: 'html', snippet: '<html>' };

const lang: Check = ({ raw }) =>
  (raw.lang ?? '').trim() === '' ? [hitAt(htmlPlace, 'the html element has no lang')] : [];

const langValid: Check = ({ raw }) => {
  const code = (raw.lang ?? '').trim();
  if (code === '') return null;
  return isLanguage(code) ? [] : [hitAt({ selector: 'html', snippet: `<html lang="${code}">` }, `lang is “${code}”`)];
};

const invalid: Check = ({ alternates }) => {
  if (alternates.length === 0) return null;
  return alternates.flatMap((link) => {
    const fault = hreflangFault(link.hreflang ?? '');
    return fault === null ? [] : [hitAt(link, `“${link.hreflang}”: ${fault}`, link.url)];
  });
};

const relative: Check = ({ alternates }) => {
  if (alternates.length === 0) return null;
  return alternates
    .filter((link) => link.href !== '' && !/^https?:\/\//i.test(link.href))
    .map((link) => hitAt(link, `href is “${link.href.slice(0, 200)}”`, link.url));
};

const duplicate: Check = ({ alternates }) => {
  if (alternates.length === 0) return null;
  const first = new Map<string, string>();
  return alternates.flatMap((link) => {
    const code = (link.hreflang ?? '').toLowerCase();
    const before = first.get(code);
    if (link.url === null) return [];
    if (before === undefined) first.set(code, link.url);
    return before === undefined || before === link.url ? [] : [hitAt(link, `${code} also names ${before}`, link.url)];
  });
};

const missingSelf: Check = ({ raw, job, alternates, canonicals }) => {
  if (alternates.length === 0) return null;
  // Without its production origin, a build's absolute addresses cannot be told to be its own.
  if (job.source === 'zip' && job.productionOrigin === null) return null;
  const own = new Set(
    [raw.url, raw.requestedUrl, ...canonicals.flatMap((link) => link.url ?? [])].map((url) => normalUrl(url, job)),
  );
  if (alternates.some((link) => link.url !== null && own.has(normalUrl(link.url, job)))) return [];
  return [{ occurrences: alternates.slice(0, 1).map((link) => at(link, 'no language link names this page')) }];
};

const missingDefault: Check = ({ alternates }) => {
  if (alternates.length < 2) return null;
  return alternates.some((link) => link.hreflang?.toLowerCase() === 'x-default')
    ? []
    : [hitPage(`${alternates.length} language links and no x-default`)];
};

/** Rules on languages. */
export const languageRules: Readonly<Record<string, Check>> = {
  'html-has-lang': lang,
  'html-lang-valid': langValid,
  'hreflang-invalid': invalid,
  'hreflang-relative': relative,
  'hreflang-duplicate': duplicate,
  'hreflang-missing-self': missingSelf,
  'hreflang-missing-default': missingDefault,
};
