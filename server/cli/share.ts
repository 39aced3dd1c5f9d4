import { createInterface } from 'node:readline/promises';
import { EXIT, StageflowError } from '@stageflow/engine/kernel';
import type { SharePreview } from '../share/preview.ts';
import { askJson, atJob } from './desk/api.ts';
import { openServerApi, type PlaceOptions } from './desk/desk.ts';
import { printable } from './scan/progress.ts';

const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168 };

/** `7d`, `12h` or `2w` as days; `bad_option` for anything else. */
export function readExpiry(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,4})([hdw])$/.exec(text) ?? [];
  const days = (Number(number) * (HOURS[unit] ?? 0)) / 24;
  if (days > 0 && days <= 365) return days;
  throw new StageflowError('bad_option', {
    option: '--expires',
    value: text,
    reason: 'it must look like 12h, 7d or 4w, and be a year at most',
  });
}

/** Kinds of files that a share gives only when they are asked for. */
const TICKED = ['har', 'raw', 'traces', 'transcripts'] as const;

/** The kinds that `--include` names, as the API takes them. */
export function readInclude(names: readonly string[]): Readonly<Record<(typeof TICKED)[number], boolean>> {
  const stranger = names.find((name) => !TICKED.some((kind) => kind === name));
  if (stranger !== undefined) {
    const reason = `it must be of ${TICKED.join(', ')}`;
    throw new StageflowError('bad_option', { option: '--include', value: stranger, reason });
  }
  const has = (kind: string) => names.includes(kind);
  return { har: has('har'), raw: has('raw'), traces: has('traces'), transcripts: has('transcripts') };
}

const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** What strangers would see, in lines for a person: what is given, what is held back, what is masked, what to think of. */
export function previewLines(preview: SharePreview, include: Readonly<Record<string, boolean>>): string[] {
  const { pages, findings, snippets, screenshots, crops, classes, redactions, notes } = preview;
  const files = classes.filter(({ given, count: number }) => given === 'when ticked' && number > 0);
  const amount = (rows: typeof files) => rows.map((row) => count(row.count, `${row.class} file`)).join(', ');
  const [ticked, held] = [true, false].map((wanted) => files.filter((row) => (include[row.class] === true) === wanted));
  return [
    `Anyone with the link will see ${count(pages, 'page')}, ${count(findings, 'finding')} with ${count(snippets, 'snippet')} of markup, ${count(screenshots, 'screenshot')} and ${count(crops, 'crop')}.`,
    ...(ticked?.length ? [`Given as they are: ${amount(ticked)}.`] : []),
    ...(held?.length ? [`Not given: ${amount(held)}.`] : []),
    redactions.length === 0
      ? 'Nothing in the report had to be masked.'
      : `Masked in the report: ${redactions.map(({ kind, count: number }) => `${number} × ${kind}`).join(', ')}.`,
    ...redactions.flatMap(({ examples }) => examples.slice(0, 1).map(({ field, text }) => `  ${field}: ${text}`)),
    ...notes,
  ];
}

const PLAIN =
  'A plain link opens report.html in the object store as it is: nothing in it is masked, and it cannot be taken back before it ends.\n';

interface ShareOptions extends PlaceOptions {
  readonly expires: string;
  readonly include: readonly string[];
  readonly label?: string;
  readonly json?: boolean;
  readonly preview?: boolean;
  readonly plain?: boolean;
  readonly yes?: boolean;
}

/**
 * `./stageflow share ID`: shows what a link would expose, then makes it: on a terminal after a yes, elsewhere at once (who writes a script has
 * decided). `--preview` makes none. The link is the last line of stdout, alone, so that it can be piped; all else is on stderr.
 */
export async function shareCommand(jobId: string, options: ShareOptions, interrupted: AbortSignal): Promise<number> {
  const expiresInDays = readExpiry(options.expires);
  const include = readInclude(options.include);
  const { api, base } = await openServerApi(options, 'A share link');
  const preview = await askJson<SharePreview>(api, 'GET', atJob(jobId, '/shares/preview'));
  const lines = previewLines(preview, include).map((line) => `${printable(line)}\n`);
  if (options.preview === true) {
    process.stdout.write(options.json === true ? `${JSON.stringify(preview, null, 2)}\n` : lines.join(''));
    return EXIT.pass;
  }
  if (options.plain === true) process.stderr.write(PLAIN);
  else for (const line of lines) process.stderr.write(line);
  if (options.yes !== true && process.stdin.isTTY && process.stderr.isTTY && !(await agreed(interrupted))) {
    process.stderr.write('No link was made.\n');
    return EXIT.interrupted;
  }
  const kind = options.plain === true ? { kind: 'presigned' } : { include };
  const wanted = { expiresInDays, ...kind, ...(options.label === undefined ? {} : { label: options.label }) };
  const made = await askJson<{ id: string; url: string; expiresAt: string; can: string[]; cannot: string[] }>(
    api,
    'POST',
    atJob(jobId, '/shares'),
    wanted,
  );
  const url = new URL(made.url, base).href;
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ ...made, url, preview }, null, 2)}\n`);
    return EXIT.pass;
  }
  for (const sentence of [...made.can, ...made.cannot]) process.stderr.write(`${printable(sentence)}\n`);
  process.stderr.write(`It ends at ${made.expiresAt}.\n`);
  process.stdout.write(`${url}\n`);
  return EXIT.pass;
}

/** Asks on the terminal; anything but a yes is a no, and so is Ctrl-C. */
async function agreed(interrupted: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal is raw while it is read, so that Ctrl-C comes here and not as a signal.
  const asked = new AbortController();
  terminal.once('SIGINT', () => asked.abort());
  terminal.once('close', () => asked.abort());
  try {
    const answer = await terminal.question('Make the link? [y/N] ', {
      signal: AbortSignal.any([asked.signal, interrupted]),
    });
    return /^\s*y(es)?\s*$/i.test(answer);
  } catch {
    process.stderr.write('\n');
    return false;
  } finally {
    terminal.close();
  }
}
