import type { Report } from '@stageflow/engine/report-schema';
import { type ReactNode, useEffect, useMemo } from 'react';
import { switchKeys } from '../ui/keys.ts';
import type { Baseline, Beside, ReportHost } from './host.ts';
import { BesideContext, ModelContext, modelOf, NOTHING_BESIDE } from './model.ts';

/** Gives the screens below their report. Pass the same `report` and `host` objects while nothing changes: look-ups are built once. */
export function ReportProvider({
  report,
  host,
  only = null,
  baseline = null,
  beside = NOTHING_BESIDE,
  singleKeys,
  children,
}: {
  readonly report: Report;
  readonly host: ReportHost;
  readonly only?: string | null;
  readonly baseline?: Baseline | null;
  readonly beside?: Beside;
  /** Whether keys such as J and K do anything; where the host has its own switch for that, it says so here. */
  readonly singleKeys?: boolean;
  readonly children: ReactNode;
}) {
  const model = useMemo(() => modelOf({ report, host, only, baseline }), [report, host, only, baseline]);
  useEffect(() => {
    if (singleKeys !== undefined) switchKeys(singleKeys);
  }, [singleKeys]);
  return (
    <ModelContext value={model}>
      <BesideContext value={beside}>{children}</BesideContext>
    </ModelContext>
  );
}
