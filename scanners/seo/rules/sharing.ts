import { type Check, hitAt } from './check.ts';

const NEEDED = ['og:title', 'og:type', 'og:image', 'og:url'];
const CARDS = new Set(['summary', 'summary_large_image', 'app', 'player']);

const incomplete: Check = ({ raw, metas }) => {
  const some = raw.metas.find((meta) => meta.key.startsWith('og:') && meta.content !== '');
  if (!some) return null;
  const filled = (key: string) =>
    metas(key).some((meta) => meta.content !== '') ||
    (key === 'og:image' && metas('og:image:url').some((meta) => meta.content !== ''));
  const missing = NEEDED.filter((key) => !filled(key));
  return missing.length === 0 ? [] : [hitAt(some, `missing: ${missing.join(', ')}`)];
};

const relative: Check = ({ metas }) => {
  const found = ['og:image', 'og:image:url', 'og:url', 'twitter:image']
    .flatMap(metas)
    .filter((meta) => meta.content !== '');
  if (found.length === 0) return null;
  return found
    .filter((meta) => !/^https?:\/\//i.test(meta.content) || !URL.canParse(meta.content))
    .map((meta) => hitAt(meta, `${meta.key} is “${meta.content.slice(0, 200)}”`));
};

const card: Check = ({ metas }) => {
  const found = metas('twitter:card').filter((meta) => meta.content !== '');
  if (found.length === 0) return null;
  return found
    .filter((meta) => !CARDS.has(meta.content.toLowerCase()))
    .map((meta) => hitAt(meta, `twitter:card is “${meta.content.slice(0, 100)}”`));
};

/** Rules on Open Graph and Twitter tags. */
export const sharingRules: Readonly<Record<string, Check>> = {
  'og-incomplete': incomplete,
  'og-url-relative': relative,
  'twitter-card-invalid': card,
};
