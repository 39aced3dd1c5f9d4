/** Says what is wrong with a value, or null. */
type Judge = (text: string) => string | null;

const DATE =
  /^\d{4}(?:-(\d{2})(?:-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?$|^\d{8}(?:T\d{4,6}(?:Z|[+-]\d{4})?)?$/i;
const DURATION =
  /^[+-]?P(?!$)(?:\d+(?:[.,]\d+)?Y)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?W)?(?:\d+(?:[.,]\d+)?D)?(?:T(?=\d)(?:\d+(?:[.,]\d+)?H)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?S)?)?$/i;
const AVAILABILITY = new Set(
  'BackOrder Discontinued InStock InStoreOnly LimitedAvailability MadeToOrder OnlineOnly OutOfStock PreOrder PreSale Reserved SoldOut'.split(
    ' ',
  ),
);

const date: Judge = (text) => {
  const match = DATE.exec(text);
  const real =
    match !== null &&
    Number(match[1] ?? 1) >= 1 &&
    Number(match[1] ?? 1) <= 12 &&
    Number(match[2] ?? 1) >= 1 &&
    Number(match[2] ?? 1) <= 31;
  return real ? null : 'is no ISO 8601 date';
};
const duration: Judge = (text) => (DURATION.test(text) ? null : 'is no ISO 8601 duration');
const number: Judge = (text) => (/^[+-]?(?:\d+(?:\.\d+)?|\.\d+)$/.test(text) ? null : 'is no plain number');
const count: Judge = (text) => (/^\d+$/.test(text) ? null : 'is no whole number');
const rating: Judge = (text) => (/^\d+(?:\.\d+)?(?:\s?%|\s?\/\s?\d+(?:\.\d+)?)?$/.test(text) ? null : 'is no number');
const currency: Judge = (text) => (/^[A-Z]{3}$/.test(text) ? null : 'is no three-letter currency code');
const availability: Judge = (text) =>
  AVAILABILITY.has(text.replace(/^(?:https?:\/\/(?:www\.)?schema\.org\/|schema:)/i, ''))
    ? null
    : 'is no availability that schema.org knows';

const JUDGES: readonly (readonly [Judge, string])[] = [
  [date, 'datePublished dateModified dateCreated uploadDate startDate endDate datePosted priceValidUntil birthDate'],
  [duration, 'prepTime cookTime totalTime performTime'],
  [number, 'price lowPrice highPrice'],
  [count, 'ratingCount reviewCount position offerCount'],
  [rating, 'ratingValue'],
  [number, 'bestRating worstRating'],
  [currency, 'priceCurrency'],
  [availability, 'availability'],
];

/** Property name -> how its text is judged. */
export const VALUE_JUDGES: ReadonlyMap<string, Judge> = new Map(
  JUDGES.flatMap(([judge, names]) => names.split(' ').map((name) => [name, judge] as const)),
);
