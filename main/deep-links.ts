/** The scheme that other programs may open. */
export const LINK_SCHEME = 'stageflow';

const JOB_ID = /^[0-9a-z]{26}$/;

/** The screen that `stageflow://run/<id>` or `stageflow://report/<id>` leads to; null for anything else. A link never starts anything. Pure. */
export function readLink(text: string): string | null {
  if (text.length > 2_000 || !URL.canParse(text)) return null;
  const { protocol, hostname, pathname } = new URL(text);
  const id = pathname.slice(1);
  if (protocol !== `${LINK_SCHEME}:` || !JOB_ID.test(id)) return null;
  if (hostname === 'run') return `/scan/${id}`;
  return hostname === 'report' ? `/scan/${id}/report` : null;
}

/** What the command line of a start asks for: screens of links, and paths, without switches. `argv` has no program in it any more. Pure. */
export function readArguments(argv: readonly string[]): {
  readonly screens: readonly string[];
  readonly paths: readonly string[];
} {
  const words = argv.filter((word) => word !== '' && !word.startsWith('-') && word !== '.');
  const isLink = (word: string) => word.toLowerCase().startsWith(`${LINK_SCHEME}:`);
  return {
    screens: words.filter(isLink).flatMap((word) => readLink(word) ?? []),
    paths: words.filter((word) => !isLink(word)),
  };
}
