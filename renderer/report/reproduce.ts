import type { Report, ReportFinding, ReportOccurrence } from '@stageflow/engine/report-schema';

/** What a shell could take for more than text inside single quotes, or a terminal for a command: no line to be copied may hold it. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** The command that looks at this place again with the modules that saw it; null when its words could not be trusted in a terminal. */
export function reproduceCommand(
  { job }: Pick<Report, 'job'>,
  finding: Pick<ReportFinding, 'witnesses'>,
  place: Pick<ReportOccurrence, 'url'>,
): string | null {
  const modules = [...new Set(finding.witnesses.map((w) => w.scanner))].join(',');
  const { source } = job;
  const words =
    source.kind === 'zip'
      ? [source.fromFolder ? `./${source.filename}` : source.filename, '-m', modules]
      : [place.url, '--no-crawl', '-m', modules];
  if (job.options.device === 'mobile') words.push('--device', 'mobile');
  if (words.some((word) => CONTROL.test(word) || word.length > 2000)) return null;
  // A name that begins with a dash would be read as an option.
  const [target = '', ...rest] = words;
  if (target.startsWith('-')) return null;
  return `./stageflow scan ${[target, ...rest].map(quoted).join(' ')}`;
}
