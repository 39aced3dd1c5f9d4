const KEY = /[a-z*][a-z0-9_.*-]*/y;
const ITEM = /(?:"(?:[^"\\]|\\["\\])*"|[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*|-?\d+(?:\.\d+)?|\?[01])/y;
const PARAMETER = / *; *[a-z*][a-z0-9_.*-]*(?:=(?:"(?:[^"\\]|\\["\\])*"|[A-Za-z0-9!#$%&'*+.^_`|~:/?-]+))?/y;
const SPACE = / */y;
const COMMA = /[ \t]*,[ \t]*/y;

/** True when the text is a dictionary of structured fields (RFC 9651, 3.2), which is the only form that browsers read. */
export function isPermissionsPolicy(text: string): boolean {
  const value = text.trim();
  let at = 0;
  const eat = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(value)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const parameters = () => {
    while (eat(PARAMETER));
  };
  const list = (): boolean => {
    for (eat(SPACE); value[at] !== ')'; eat(SPACE)) {
      const start = at;
      if (!eat(ITEM)) return false;
      parameters();
      const next = value[at];
      if (at === start || (next !== ' ' && next !== ')')) return false;
    }
    at++;
    return true;
  };
  while (at < value.length) {
    if (!eat(KEY)) return false;
    if (value[at] === '=') {
      at++;
      if (value[at] === '(') {
        at++;
        if (!list()) return false;
      } else if (!eat(ITEM)) return false;
    }
    parameters();
    if (at === value.length) return true;
    if (!eat(COMMA) || at === value.length) return false;
  }
  return true;
}
