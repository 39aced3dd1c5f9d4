/** The numbers of a version such as `v2.14.5`, `4.3.1+ds1` or `go1.26`, three of them, missing ones 0; null when there is none. */
export function parseVersion(text: string): [number, number, number] | null {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return found === null ? null : [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
}

/** True when `text` holds a version of at least `minimum`. */
export function isAtLeast(text: string, minimum: string): boolean {
  const have = parseVersion(text);
  const want = parseVersion(minimum);
  if (have === null || want === null) return false;
  for (let part = 0; part < 3; part += 1) {
    const difference = (have[part] ?? 0) - (want[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
