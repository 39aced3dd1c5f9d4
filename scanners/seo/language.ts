const languages = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

function known(names: Intl.DisplayNames, code: string): boolean {
  try {
    return names.of(code) !== undefined;
  } catch {
    return false;
  }
}

/** True when the primary subtag is a registered language (private and grandfathered tags pass). */
export function isLanguage(code: string): boolean {
  const [primary = ''] = code.trim().toLowerCase().split('-');
  if (primary === 'x' || primary === 'i') return true;
  return /^[a-z]{2,3}$/.test(primary) && known(languages, primary);
}

/** Why a hreflang code is not valid; null when it is. */
export function hreflangFault(code: string): string | null {
  const text = code.trim();
  if (text.toLowerCase() === 'x-default') return null;
  if (text === '') return 'the code is empty';
  if (text.includes('_')) return 'parts are joined by a hyphen, not an underscore';
  if (!/^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?$/i.test(text))
    return 'the form is language, or language-REGION';
  const [language = '', ...rest] = text.split('-');
  if (!known(languages, language.toLowerCase())) return `no language has the code ${language}`;
  const [canonical = ''] = Intl.getCanonicalLocales(language);
  if (language.length === 3 && canonical.length === 2) return `the two-letter code is ${canonical}`;
  const region = rest.find((part) => part.length === 2)?.toUpperCase();
  if (region === undefined) return null;
  if (region === 'UK') return 'the code of the United Kingdom is GB';
  return known(regions, region) ? null : `no region has the code ${region}`;
}
