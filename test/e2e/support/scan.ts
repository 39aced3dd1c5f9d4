import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { Report } from '../../../engine/report/index.ts';
import { type CliResult, startCli } from '../cli.ts';

/** One whole run of `scan`, and what it wrote. */
export interface Scanned extends CliResult {
  readonly report: Report;
  /** Where the report and its evidence are; removed with the home. */
  readonly folder: string;
}

/** Runs `scan` to its end in a data folder of its own and reads the report. Fails with what was said when there is none. */
export async function scan(
  args: readonly string[],
  options: { home: string; env?: Record<string, string>; onLine?: (line: string) => void },
): Promise<Scanned> {
  const folder = mkdtempSync(join(options.home, 'out-'));
  const run = startCli(['scan', ...args, '-o', folder, '--progress', 'ndjson'], options);
  if (options.onLine) {
    const tell = options.onLine;
    run.child.stderr?.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n')) tell(line);
    });
  }
  const result = await run.done;
  try {
    return { ...result, folder, report: readReport(folder) };
  } catch (cause) {
    throw new Error(`no report (exit ${result.code}):\n${result.stderr.slice(-3000)}`, { cause });
  }
}

/** The report that a scan wrote into a folder, held to its schema. */
export const readReport = (folder: string): Report =>
  Report.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));

/** A stored JSON object that is packed with zstd. */
export const unpacked = (path: string): unknown => JSON.parse(zstdDecompressSync(readFileSync(path)).toString('utf8'));

/** What became of each page, by its path (with the query). */
export const pageEnds = (report: Report): Record<string, string> =>
  Object.fromEntries(report.pages.map((page) => [page.path, page.duplicateOf === null ? page.status : 'duplicate']));

/** Every occurrence of one module's findings as `outcome rule path about`, sorted: what lists of expected findings hold. */
export function found(report: Report, scanner: string): string[] {
  const paths = new Map(report.pages.map((page) => [page.id, page.path]));
  return report.findings
    .flatMap((finding) =>
      finding.witnesses
        .filter((witness) => witness.scanner === scanner)
        .flatMap((witness) =>
          finding.occurrences
            .filter((place) => place.scanners.includes(scanner))
            .map((place) => `${place.outcome} ${witness.rule} ${paths.get(place.pageId ?? '') ?? '_site'}`),
        ),
    )
    .toSorted();
}

/** Every file below a folder, with what is packed also unpacked. */
export function* contents(folder: string): Generator<{ readonly path: string; readonly text: string }> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    yield { path, text: bytes.toString('latin1') };
    if (path.endsWith('.zst')) yield { path: `${path} (unpacked)`, text: zstdDecompressSync(bytes).toString('utf8') };
  }
}

/** A folder that `dispose` removes, holding the given files. */
export function temporaryFolder(): { readonly path: string; dispose(): void } {
  const path = mkdtempSync(join(tmpdir(), 'stageflow-e2e-'));
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}
