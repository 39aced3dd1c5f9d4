import type { Report, ReportFinding, ReportPage, SetAside } from '@stageflow/engine/report-schema';
import { createContext, useContext, useMemo } from 'react';
import type { Surroundings } from './filter.ts';
import type { Baseline, Beside, ReportHost } from './host.ts';

/** The report that is shown, with look-ups by id. */
export interface Model {
  readonly report: Report;
  readonly host: ReportHost;
  /** Module that the report was cut down to, or null for the whole. */
  readonly only: string | null;
  readonly baseline: Baseline | null;
  readonly pages: ReadonlyMap<string, ReportPage>;
  /** Those that were set aside too, which are in none of the report's lists. */
  readonly findings: ReadonlyMap<string, ReportFinding>;
  /** What was set aside when the scan ended, by the finding's id. */
  readonly aside: ReadonlyMap<string, SetAside>;
  readonly scannerTitles: ReadonlyMap<string, string>;
}

/** Characters of one text that are shown. What scanners find is shorter; a report from elsewhere may hold anything. */
const MOST_TEXT = 4000;

/** The same value with every text cut to what can be shown. What needs no cutting stays the same object. */
export function shortened<T>(value: T): T {
  if (typeof value === 'string')
    return (
      value.length > MOST_TEXT
        ? `${value.slice(0, MOST_TEXT)}… (${(value.length - MOST_TEXT).toLocaleString('en')} more characters)`
        : value
    ) as T;
  // Nearly always nothing is too long, and looking makes no objects.
  if (typeof value !== 'object' || value === null || !holdsLong(value)) return value;
  if (Array.isArray(value)) return value.map(shortened) as T;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [shortened(name), shortened(part)])) as T;
}

function holdsLong(value: object): boolean {
  for (const name in value) {
    if (name.length > MOST_TEXT) return true;
    const part = (value as Readonly<Record<string, unknown>>)[name];
    if (
      typeof part === 'string' ? part.length > MOST_TEXT : typeof part === 'object' && part !== null && holdsLong(part)
    )
      return true;
  }
  return false;
}

/** Indexes a report. */
export function modelOf(parts: Pick<Model, 'report' | 'host' | 'only' | 'baseline'>): Model {
  const report = shortened(parts.report);
  const { ignored = [] } = report;
  return {
    ...parts,
    report,
    pages: new Map(report.pages.map((page) => [page.id, page])),
    findings: new Map([...report.findings, ...ignored.map(({ finding }) => finding)].map((one) => [one.id, one])),
    aside: new Map(ignored.map((one) => [one.finding.id, one])),
    scannerTitles: new Map(report.scanners.map((scanner) => [scanner.id, scanner.title])),
  };
}

export const ModelContext = createContext<Model | null>(null);

/** The report that is shown. */
export function useModel(): Model {
  const model = useContext(ModelContext);
  if (!model) throw new Error('no report is shown here: wrap the screen in ReportProvider');
  return model;
}

export const NOTHING_BESIDE: Beside = { decisions: null, filters: null, trend: [] };
export const BesideContext = createContext<Beside>(NOTHING_BESIDE);

/** What the host knows beside the report. */
export const useBeside = (): Beside => useContext(BesideContext);

/** What the filter of findings must know of the report. */
export function useSurroundings(): Surroundings {
  const { pages, baseline } = useModel();
  return useMemo(
    () => ({ pathOf: (id) => pages.get(id)?.path ?? id, fresh: baseline?.new ?? null }),
    [pages, baseline],
  );
}
