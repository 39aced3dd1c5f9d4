const PHRASES = [
  /^(?:error|http|fehler|erreur|status)?[\s:#-]*404[\s.!:|–—-]*(?:error|page not found|file not found|not found|seite nicht gefunden|page introuvable)?[.!]?$/,
  /^(?:oops|sorry|whoops)?[\s,.!:–—-]*(?:(?:the|this|that|your) )?(?:requested )?(?:page|file|document|url|resource)?\s*(?:you (?:requested|are looking for|were looking for) )?(?:was |is |could |can ?|cannot be )?not (?:be )?found[.!]?$/,
  /^(?:oops|sorry|whoops)?[\s,.!:–—-]*(?:(?:the|this|that) )?page (?:you (?:requested|are looking for|were looking for) )?(?:does not|doesn['’]t) exist[.!]?$/,
  /^(?:die |diese )?seite (?:wurde )?nicht gefunden[.!]?$/,
  /^page (?:introuvable|non trouvée)[.!]?$/,
  /^página no encontrada[.!]?$/,
  /^pagina non trovata[.!]?$/,
];

/** The text, when as a whole it says that a page is missing; null for a text that merely speaks of such pages. */
export function saysMissing(text: string): string | null {
  const parts = [text, text.split(/\s[|–—·-]\s/)[0] ?? ''];
  for (const part of parts) {
    const plain = part.replace(/\s+/g, ' ').trim().toLowerCase();
    if (plain !== '' && plain.length <= 80 && PHRASES.some((phrase) => phrase.test(plain))) return part.trim();
  }
  return null;
}

/** True for an address that is meant to be the error page itself. */
export function isErrorPage(url: string): boolean {
  return /\/(?:404|not-?found|error)(?:\/(?:index\.html?)?|\.html?)?$/i.test(new URL(url).pathname);
}

/** Title and main headings of a document's source, without a parser's care: enough to compare whole texts. */
export function headlines(html: string): string[] {
  const found = [...html.matchAll(/<(title|h1)\b[^>]*>([\s\S]{0,500}?)<\/\1\s*>/gi)];
  return found.slice(0, 4).map((match) =>
    (match[2] ?? '')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

/** What a document's source shows before any script has run, blanks folded. */
export function shownText(html: string): string {
  const body = html.replace(/<(script|style|noscript|template|title|svg)\b[\s\S]*?<\/\1\s*>/gi, ' ');
  return body
    .replace(/<!--[\s\S]*?-->|<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
