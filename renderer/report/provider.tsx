import type { Report } from '@stageflow/engine/report-schema';
import { type ReactNode, useMemo } from 'react';
import type { Baseline, ReportHost } from './host.ts';
import { ModelContext, modelOf } from './model.ts';

/** Gives the screens below their report. Pass the same `report` and `host` objects while nothing changes: look-ups are built once. */
export function ReportProvider({
  report,
  host,
  only = null,
  baseline = null,
  children,
}: {
  readonly report: Report;
  readonly host: ReportHost;
  readonly only?: string | null;
  readonly baseline?: Baseline | null;
  readonly children: ReactNode;
}) {
  const model = useMemo(() => modelOf({ report, host, only, baseline }), [report, host, only, baseline]);
  return <ModelContext value={model}>{children}</ModelContext>;
}
