import { describe, expect, it } from 'vitest';
import { findLocated } from '../source-lines.ts';
import { findLoader, findMarkup } from '../source-markup.ts';
import { readSource } from '../source-tree.ts';

const SOURCE = `<!doctype html>
<html lang="en">
<body>
  <ul>
    <li><a href="/one">One</a></li>
    <li><a href="/two">Two</a></li>
  </ul>
  <p>same</p>
  <p>same</p>
</body>
</html>`;

const step = (tag: string, nth = 1) => ({ tag, nth });
const body = [step('html'), step('body')];
const tree = readSource(SOURCE);
const find = (wanted: Parameters<typeof findLocated>[1]) => findLocated(tree, wanted);
const located = (path: { tag: string; nth: number }[] | null, attributes: [string, string][], text: string) => ({
  box: null,
  path,
  attributes,
  text,
});

describe('finding an element in its source', () => {
  it('follows the path where source and page agree', () => {
    expect(find(located([...body, step('ul'), step('li', 2), step('a')], [['href', '/two']], 'Two'))).toEqual({
      line: 6,
      column: 9,
    });
  });

  it('forgives classes and styles that a script added', () => {
    expect(find(located([...body, step('ul')], [['class', 'open']], 'One Two'))).toEqual({ line: 4, column: 3 });
  });

  it('finds an element that a script has moved when it is the only one of its kind', () => {
    expect(find(located([...body, step('div'), step('a')], [['href', '/one']], 'One'))).toEqual({ line: 5, column: 9 });
  });

  it('names no line for an element that a script made, or that stands in a frame', () => {
    expect(find(located([...body, step('a')], [['href', '/three']], 'Three'))).toBeNull();
    expect(find(located(null, [], ''))).toBeNull();
  });

  it('names no line where two elements cannot be told apart', () => {
    expect(find(located([...body, step('div'), step('p')], [], 'same'))).toBeNull();
  });
});

describe('finding an element in its source when the page is gone', () => {
  const page = 'http://site.localhost/';
  const source = readSource(`<!doctype html>
<html lang="en"><head>
<link rel="stylesheet" href="/a.css"><link rel="canonical" href="/">
</head><body>
  <nav><a href="/x">Same</a></nav>
  <p class="late"><a href="/x">Same</a> <a href="/y?a=1&amp;b=2" title="More">Other</a></p>
  <img class="seal" src="/img/seal.png" width="96">
  <p id="only" class="one">x</p>
</body></html>`);
  const line = (selector: string, snippet: string) => findMarkup(source, { selector, snippet }, page)?.line ?? null;

  it('goes by the markup alone where it stands there once, whatever the page did around it', () => {
    expect(line('main > a:nth-of-type(9)', '<a href="/y?a=1&amp;b=2" title="More">Other</a>')).toBe(6);
    expect(line('html > head > link:nth-of-type(7)', '<link rel="canonical" href="/">')).toBe(3);
  });

  it('tells twins apart by the selector, in the forms that scanners write', () => {
    const twin = '<a href="/x">Same</a>';
    expect(line('html > body > nav:nth-of-type(1) > a:nth-of-type(1)', twin)).toBe(5);
    expect(line('.late > a[href="/x"]:first-child', twin)).toBe(6);
    expect(line('body p.late a:nth-child(1)', twin)).toBe(6);
  });

  it('names no line where the selector leaves two, leads nowhere, or is of a frame or of a form that it cannot read', () => {
    const twin = '<a href="/x">Same</a>';
    for (const selector of ['a', 'main > a', 'iframe >>> a', 'nav > a:not(.b)', 'nav >', ''])
      expect([selector, line(selector, twin)]).toEqual([selector, null]);
  });

  it('reads snippets that a tool has cut or rewritten', () => {
    expect(line('img', '<img class="seal" src="http://site.localhost/img/seal.png" width="96">')).toBe(7);
    expect(line('img', '<img class="seal" src="/img/seal.p…" width="96">')).toBe(7);
    expect(line('a', '<a href="/y?a=1&amp;b=2">')).toBe(6);
    expect(line('img', '<img class="seal" src="/img/seal.png" wid')).toBe(7);
  });

  it('forgives classes that a script changed when the selector leads to the element, and nothing else', () => {
    expect(line('#only', '<p id="only" class="one open">')).toBe(8);
    expect(line('#only', '<p id="only" class="one" hidden="">')).toBeNull();
    expect(line('#only', '<p id="only" class="one">other text</p>')).toBeNull();
  });

  it('names no line for an element that a script made', () => {
    expect(line('main > a', '<a href="/z">New</a>')).toBeNull();
    expect(line('main', 'no markup')).toBeNull();
  });

  it('finds the one element that loads an address', () => {
    expect(findLoader(source, 'http://site.localhost/a.css', page)).toEqual({ line: 3, column: 1 });
    expect(findLoader(source, 'http://site.localhost/b.css', page)).toBeNull();
  });
});
