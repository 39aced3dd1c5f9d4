/** Package mirrors for the base image. */
export interface Mirrors {
  readonly main: string;
  readonly security: string;
}

/**
 * The Debian mirrors that the machine itself uses, from the text of its apt sources (one-line or deb822 form), else the given ones:
 * a company's own mirror is reachable where the public one may not be.
 */
export function machineMirrors(sources: readonly string[], otherwise: Mirrors): Mirrors {
  const uris = sources
    .flatMap((text) => text.split('\n'))
    .filter((line) => /^\s*(deb\s|uris\s*:)/i.test(line))
    .flatMap((line) => line.match(/https?:\/\/[^\s\]]+/g) ?? [])
    .map((uri) => uri.replace(/\/+$/, ''));
  return {
    main: uris.find((uri) => uri.endsWith('/debian')) ?? otherwise.main,
    security: uris.find((uri) => uri.endsWith('/debian-security')) ?? otherwise.security,
  };
}

/** Lines of a sources.list for a suite; updates and security included, since the browser's fixes come through security. */
export function sourcesList(suite: string, mirrors: Mirrors): string[] {
  const signed = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
  return [
    `deb ${signed} ${mirrors.main} ${suite} main`,
    `deb ${signed} ${mirrors.main} ${suite}-updates main`,
    `deb ${signed} ${mirrors.security} ${suite}-security main`,
  ];
}
