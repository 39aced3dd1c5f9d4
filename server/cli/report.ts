import { join, resolve } from 'node:path';
import { EXIT } from '@stageflow/engine/kernel';
import { Report, renderJson } from '@stageflow/engine/report';
import { openDesk, type PlaceOptions } from './desk/desk.ts';
import { firstOf, readFormats, writeForms } from './scan/outputs.ts';
import { printable } from './scan/progress.ts';

/** The report of a job as its contract reads it. */
export async function loadReport(jobId: string, options: PlaceOptions): Promise<Report> {
  const desk = await openDesk(options);
  try {
    return Report.parse(JSON.parse(await desk.report(jobId, 'json')));
  } finally {
    await desk.close();
  }
}

/** `./stageflow report ID`: a finished job's report in any of its forms, as files or as JSON on stdout. */
export async function reportCommand(
  jobId: string,
  options: PlaceOptions & { readonly format: readonly string[]; readonly output?: string; readonly json?: boolean },
): Promise<number> {
  const formats = readFormats(options);
  const desk = await openDesk(options);
  try {
    const report = Report.parse(JSON.parse(await desk.report(jobId, 'json')));
    if (options.json === true) {
      process.stdout.write(renderJson(report));
      return EXIT.pass;
    }
    const folder = resolve(options.output ?? join('stageflow-reports', jobId));
    const pages = { html: () => desk.report(jobId, 'html'), archive: () => desk.archive(report) };
    const files = await writeForms(report, pages, formats, folder);
    for (const file of files) process.stdout.write(`${file}\n`);
    process.stdout.write(`${printable(report.verdict.sentence)} Open ${firstOf(files, folder)}\n`);
    return EXIT.pass;
  } finally {
    await desk.close();
  }
}
