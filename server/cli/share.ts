import { EXIT, StageflowError } from '@stageflow/engine/kernel';
import { ask, textOf } from './desk/api.ts';
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

/** `./stageflow share ID`: makes a link to a redacted report. The link is the last line, alone, so that it can be piped. */
export async function shareCommand(
  jobId: string,
  options: PlaceOptions & { readonly expires: string; readonly label?: string; readonly json?: boolean },
): Promise<number> {
  const expiresInDays = readExpiry(options.expires);
  const { api, base } = await openServerApi(options, 'A share link');
  const wanted = { expiresInDays, ...(options.label === undefined ? {} : { label: options.label }) };
  const path = `/api/v1/jobs/${encodeURIComponent(jobId)}/shares`;
  const made = JSON.parse(await textOf(await ask(api, 'POST', path, wanted))) as {
    id: string;
    url: string;
    expiresAt: string;
    can: string[];
    cannot: string[];
  };
  const url = new URL(made.url, base).href;
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ ...made, url }, null, 2)}\n`);
    return EXIT.pass;
  }
  for (const sentence of [...made.can, ...made.cannot]) process.stderr.write(`${printable(sentence)}\n`);
  process.stderr.write(`It ends at ${made.expiresAt}.\n`);
  process.stdout.write(`${url}\n`);
  return EXIT.pass;
}
