import { describe, expect, it } from 'vitest';
import { sourceFinder } from '../source-lines.ts';

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
const find = sourceFinder(SOURCE);
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
