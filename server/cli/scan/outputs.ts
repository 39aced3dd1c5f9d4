import { createWriteStream, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { claimFolder, defaultDataFolder, makeFolder, refusalOfFolder, reportsOf } from '@stageflow/engine';
import { StageflowError } from '@stageflow/engine/kernel';
import {
  fitsOneFile,
  Report,
  renderCsv,
  renderGitlab,
  renderJson,
  renderJunit,
  renderMarkdown,
  renderSarif,
} from '@stageflow/engine/report';
import type { Records } from '../../local/records.ts';
import { archiveOfRecords } from '../report-archive.ts';
import type { ScanOptions } from './request.ts';

/** Forms of a report that a person may ask for, and the files they give. */
const FORMATS = ['json', 'html', 'sarif', 'junit', 'csv', 'md', 'gitlab'] as const;
export type Format = (typeof FORMATS)[number];

/** The formats asked for; JSON and HTML when none was. Refuses an unknown one by name. */
export function readFormats(options: Pick<ScanOptions, 'format'>): readonly Format[] {
  const wanted = options.format.map((name) => (name === 'markdown' ? 'md' : name));
  const stranger = wanted.find((name) => !FORMATS.includes(name as Format));
  if (stranger !== undefined) {
    throw new StageflowError('bad_option', {
      option: '--format',
      value: stranger,
      reason: `known formats are ${FORMATS.join(', ')}`,
    });
  }
  return wanted.length === 0 ? ['json', 'html'] : [...new Set(wanted as Format[])];
}

/** Names of the files; GitLab's are its own. */
const FILES: Readonly<Record<Exclude<Format, 'gitlab'>, string>> = {
  json: 'report.json',
  html: 'report.html',
  sarif: 'report.sarif',
  junit: 'report.junit.xml',
  csv: 'report.csv',
  md: 'report.md',
};

/** Does work whose files go below a folder that a person named; what the folder refuses is told as `bad_option`. */
async function below<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusalOfFolder('--output', folder, error);
  }
}

/**
 * Makes sure of the folder for a scan's files before the scan begins: minutes of work must not end at a folder that was never one. Refused
 * (`bad_option`): no folder, not writable, a folder where a file goes, or a place inside the scanned folder, whose next scan would take the
 * report for a page of the site. Without one named it is the data folder that must do.
 */
export function claimOutput(output: string | undefined, scanned: string | null, formats: readonly Format[]): void {
  if (output === undefined) {
    claimFolder('STAGEFLOW_HOME', defaultDataFolder(), 0o700);
    return;
  }
  const folder = resolve(output);
  const refused = (reason: string) => new StageflowError('bad_option', { option: '--output', value: output, reason });
  if (output === '') throw refused('it is empty');
  if (scanned !== null && isFolder(scanned) && `${folder}${sep}`.startsWith(`${resolve(scanned)}${sep}`))
    throw refused('it lies in the scanned folder, so that the next scan would take the report for a page');
  claimFolder('--output', output);
  for (const format of formats) {
    const name = format === 'gitlab' ? '' : FILES[format];
    if (name !== '' && isFolder(join(folder, name))) throw refused(`${name} is a folder in it`);
  }
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** What was written for a person. */
export interface Written {
  readonly report: Report;
  readonly folder: string;
  /** File to open first: the HTML report where it was asked for. */
  readonly first: string;
}

const MOST_REPORT = 512 * 2 ** 20;

/** Writes the report's forms, and with `--output` its evidence, into a folder. Null when the job has no report (a refused archive). */
export async function writeOutputs(
  records: Pick<Records, 'object' | 'keys'>,
  jobId: string,
  formats: readonly Format[],
  output: string | undefined,
): Promise<Written | null> {
  const json = await readText(records, `${jobId}/report.json`);
  if (json === null) return null;
  const report = Report.parse(JSON.parse(json));
  const folder = output === undefined ? join(reportsOf(defaultDataFolder()), jobId) : resolve(output);
  const pages: OfflinePages = {
    html: async () => (await readText(records, `${jobId}/report.html`)) ?? '',
    archive: () => archiveOfRecords(records, report),
  };
  const files = await writeForms(report, pages, formats, folder);
  if (output !== undefined) await copyArtifacts(records, jobId, folder);
  return { report, folder, first: firstOf(files, folder) };
}

/** File that a person opens first. */
export function firstOf(files: readonly string[], folder: string): string {
  return files.find((file) => file.endsWith('.html')) ?? files[0] ?? folder;
}

/** The forms that are not written from the report alone; each is asked for only when it is wanted. */
export interface OfflinePages {
  /** The one file. */
  html(): Promise<string>;
  /** The page with all its pictures beside it as a ZIP. */
  archive(): Promise<AsyncIterable<Uint8Array>>;
}

/** Writes a report's forms into a folder and gives their paths. A page that cannot hold all its pictures gets an archive that does beside it. */
export async function writeForms(
  report: Report,
  pages: OfflinePages,
  formats: readonly Format[],
  folder: string,
): Promise<readonly string[]> {
  const files: string[] = [];
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    files.push(join(folder, name));
  };
  return below(folder, async () => {
    makeFolder(folder);
    for (const format of formats) {
      if (format === 'json') await write(FILES.json, renderJson(report));
      if (format === 'html') {
        await write(FILES.html, await pages.html());
        if (!fitsOneFile(report)) {
          const archive = join(folder, 'report.zip');
          await pipeline(await pages.archive(), createWriteStream(archive));
          files.push(archive);
        }
      }
      if (format === 'sarif') await write(FILES.sarif, renderSarif(report));
      if (format === 'junit') await write(FILES.junit, renderJunit(report));
      if (format === 'csv') await write(FILES.csv, renderCsv(report));
      if (format === 'md') await write(FILES.md, renderMarkdown(report));
      if (format === 'gitlab') for (const [name, text] of Object.entries(renderGitlab(report))) await write(name, text);
    }
    return files;
  });
}

async function readText(records: Pick<Records, 'object' | 'keys'>, key: string): Promise<string | null> {
  const object = await records.object(key);
  if (!object) return null;
  if (object.size > MOST_REPORT)
    throw new StageflowError('storage', { reason: `${key} is larger than a report can be` });
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Evidence and raw results, under the keys they have in the store. */
async function copyArtifacts(records: Pick<Records, 'object' | 'keys'>, jobId: string, folder: string): Promise<void> {
  for (const key of await records.keys(jobId)) {
    const path = key.slice(jobId.length + 1);
    if (!path.includes('/')) continue;
    const file = resolve(folder, path);
    if (!file.startsWith(folder + sep)) continue;
    const object = await records.object(key);
    if (!object) continue;
    await below(folder, async () => {
      makeFolder(dirname(file));
      await pipeline(object.body, createWriteStream(file));
    });
  }
}
