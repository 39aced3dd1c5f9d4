import type { ElementFact, PageFacts } from './raw.ts';

interface DomNode {
  readonly localName: string;
  readonly id: string;
  readonly parentElement: DomNode | null;
  readonly previousElementSibling: DomNode | null;
  readonly outerHTML: string;
  readonly [property: string]: unknown;
  getAttribute(name: string): string | null;
  cloneNode(deep: boolean): DomNode;
}
declare const document: { readonly baseURI: string; querySelectorAll(selector: string): ArrayLike<DomNode> };
declare const CSS: { escape(text: string): string };

/** Runs inside the page, so it stands alone: reads what the security rules need of the rendered document and changes nothing. `most` caps each list. */
export function readPage(most: number): PageFacts {
  const all = (selector: string) => Array.from(document.querySelectorAll(selector)).slice(0, most);
  const selectorOf = (element: DomNode): string => {
    const steps: string[] = [];
    for (let at: DomNode | null = element; at; at = at.parentElement) {
      if (at.id && document.querySelectorAll(`#${CSS.escape(at.id)}`).length === 1) {
        steps.unshift(`#${CSS.escape(at.id)}`);
        break;
      }
      let nth = 1;
      for (let before = at.previousElementSibling; before; before = before.previousElementSibling) {
        if (before.localName === at.localName) nth++;
      }
      const root = at.localName === 'html' || at.localName === 'head' || at.localName === 'body';
      steps.unshift(root ? at.localName : `${CSS.escape(at.localName)}:nth-of-type(${nth})`);
    }
    return steps.join(' > ');
  };
  const facts = (selector: string, attribute: string): ElementFact[] =>
    all(selector).flatMap((element) => {
      const written = (element.getAttribute(attribute) ?? '').trim();
      if (written === '' || !URL.canParse(written, document.baseURI)) return [];
      const url = new URL(written, document.baseURI).href;
      if (url.length > 4096) return [];
      const snippet = element.cloneNode(false).outerHTML.slice(0, 300);
      return [{ selector: selectorOf(element), snippet, url, integrity: element.getAttribute('integrity') ?? '' }];
    });
  return {
    metaPolicies: all('head meta[http-equiv="content-security-policy" i]').map((meta) =>
      (meta.getAttribute('content') ?? '').slice(0, 8192),
    ),
    metaReferrer: all('meta[name="referrer" i]').at(-1)?.getAttribute('content')?.slice(0, 200) ?? null,
    scripts: facts('script[src]', 'src'),
    styles: facts('link[rel~="stylesheet" i][href]', 'href'),
    frames: [...facts('iframe[src], embed[src]', 'src'), ...facts('object[data]', 'data')],
    media: [
      ...facts('img[src], video[src], audio[src], video > source[src], audio > source[src]', 'src'),
      ...facts('video[poster]', 'poster'),
    ],
    forms: [...facts('form[action]', 'action'), ...facts('button[formaction], input[formaction]', 'formaction')],
  };
}
