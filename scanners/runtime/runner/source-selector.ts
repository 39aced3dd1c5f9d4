import { childElements, parentOf, type SourceElement, type SourceTree } from './source-tree.ts';

type Test = (element: SourceElement) => boolean;
interface Step {
  readonly tests: readonly Test[];
  /** How the step before this one stands to it. */
  readonly after: 'parent' | 'ancestor' | null;
}

const PART =
  /\s*(>)\s*|(\s+)|#((?:[\w-]|\\.|[^\x00-\x7f])+)|\.((?:[\w-]|\\.|[^\x00-\x7f])+)|\[([\w-]+)(?:="((?:[^"\\]|\\.)*)")?\]|:(nth-of-type|nth-child)\((\d+)\)|:(first-child)|(\*)|((?:[\w-]|\\.|[^\x00-\x7f])+)/gy;

const unescape = (text: string) =>
  text.replace(/\\([0-9a-fA-F]{1,6})\s?|\\(.)/g, (_, hex?: string, plain?: string) =>
    hex === undefined ? (plain ?? '') : String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff)),
  );
const attribute = (element: SourceElement, name: string) => element.attrs.find((a) => a.name === name)?.value;

function nth(element: SourceElement, wanted: number, sameTag: boolean): boolean {
  const parent = parentOf(element);
  // The root has no element around it and is the only one of its kind.
  if (!parent) return wanted === 1;
  const among = childElements(parent).filter((child) => !sameTag || child.tagName === element.tagName);
  return among[wanted - 1] === element;
}

function testOf(match: RegExpExecArray): Test {
  const [, , , id, className, name, value, which, number, first, any, tag] = match;
  if (id !== undefined) return (element) => attribute(element, 'id') === unescape(id);
  if (className !== undefined) {
    const wanted = unescape(className);
    return (element) => (attribute(element, 'class') ?? '').split(/\s+/).includes(wanted);
  }
  if (name !== undefined) {
    const wanted = value === undefined ? undefined : unescape(value);
    return (element) => {
      const has = attribute(element, name.toLowerCase());
      return wanted === undefined ? has !== undefined : has === wanted;
    };
  }
  if (which !== undefined) return (element) => nth(element, Number(number), which === 'nth-of-type');
  if (first !== undefined) return (element) => nth(element, 1, false);
  if (any !== undefined) return () => true;
  const wanted = unescape(tag ?? '').toLowerCase();
  return (element) => element.tagName.toLowerCase() === wanted;
}

function stepsOf(selector: string): Step[] | null {
  const steps: { tests: Test[]; after: Step['after'] }[] = [{ tests: [], after: null }];
  PART.lastIndex = 0;
  const text = selector.trim();
  while (PART.lastIndex < text.length) {
    const match = PART.exec(text);
    if (!match) return null;
    if (match[1] !== undefined || match[2] !== undefined)
      steps.push({ tests: [], after: match[1] === undefined ? 'ancestor' : 'parent' });
    else steps.at(-1)?.tests.push(testOf(match));
  }
  return steps.every((step) => step.tests.length > 0) ? steps : null;
}

function matches(element: SourceElement, steps: readonly Step[], at: number): boolean {
  const step = steps[at];
  if (!step?.tests.every((test) => test(element))) return false;
  if (at === 0) return true;
  for (let up = parentOf(element); up; up = parentOf(up)) {
    if (matches(up, steps, at - 1)) return true;
    if (step.after === 'parent') return false;
  }
  return false;
}

/**
 * Which of some elements a selector names. Understands what scanners write (tags, ids, classes, attributes, places among siblings, children
 * and descendants); null for anything else, and for elements of a frame or shadow root.
 */
export function selected(among: readonly SourceElement[], selector: string): SourceElement[] | null {
  if (selector.includes('>>>') || selector.length > 1024) return null;
  const steps = stepsOf(selector);
  return steps && among.filter((element) => matches(element, steps, steps.length - 1));
}

/** Elements of a tag that a selector names in the whole source. */
export function selectedIn(tree: SourceTree, tag: string, selector: string): SourceElement[] {
  return selected(tree.byTag(tag), selector) ?? [];
}
