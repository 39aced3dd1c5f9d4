import type { Report, ReportFinding, ReportPage } from '@stageflow/engine/report-schema';
import { createContext, useContext, useMemo } from 'react';
import type { Surroundings } from './filter.ts';
import type { Baseline, ReportHost } from './host.ts';

/** The report that is shown, with look-ups by id. */
export interface Model {
  readonly report: Report;
  readonly host: ReportHost;
  /** Module that the report was cut down to, or null for the whole. */
  readonly only: string | null;
  readonly baseline: Baseline | null;
  readonly pages: ReadonlyMap<string, ReportPage>;
  readonly findings: ReadonlyMap<string, ReportFinding>;
  readonly scannerTitles: ReadonlyMap<string, string>;
}

/** Indexes a report. */
export function modelOf(parts: Pick<Model, 'report' | 'host' | 'only' | 'baseline'>): Model {
  const { report } = parts;
  return {
    ...parts,
    pages: new Map(report.pages.map((page) => [page.id, page])),
    findings: new Map(report.findings.map((finding) => [finding.id, finding])),
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

/** What the filter of findings must know of the report. */
export function useSurroundings(): Surroundings {
  const { pages, baseline } = useModel();
  return useMemo(
    () => ({ pathOf: (id) => pages.get(id)?.path ?? id, fresh: baseline?.new ?? null }),
    [pages, baseline],
  );
}
