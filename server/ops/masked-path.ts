/** A path without what must stay secret: the token of a share link, however its address is spelled. */
export function maskedPath(path: string): string {
  return path.replace(/^(?:\/|%2F)+(?:s|%73)(?:\/|%2F)+[^/?#]+/i, '/s/[masked]');
}
