/** A path without what must stay secret: the token of a share link. */
export function maskedPath(path: string): string {
  return path.replace(/^\/s\/[^/]+/, '/s/[masked]');
}
