import { useEffect, useRef } from 'react';
import { Artifacts } from './artifacts.tsx';
import { Coverage } from './coverage.tsx';
import { FindingDetail } from './finding-detail.tsx';
import { Findings } from './findings.tsx';
import { useModel } from './model.ts';
import { Overview } from './overview.tsx';
import { Pages } from './pages.tsx';
import { Provenance } from './provenance.tsx';
import { parseRoute, useHash } from './route.ts';

/** The screen that the address names. Going to another one moves the reader to its start; typing in a filter does not. */
export function ReportScreen() {
  const { findings } = useModel();
  const route = parseRoute(useHash());
  const start = useRef<HTMLDivElement>(null);
  const place = `${route.screen}/${route.finding ?? ''}`;
  const last = useRef(place);
  useEffect(() => {
    if (last.current === place) return;
    last.current = place;
    start.current?.focus({ preventScroll: true });
    start.current?.scrollIntoView({ block: 'start' });
  }, [place]);
  const finding = route.finding === null ? undefined : findings.get(route.finding);
  const screens = {
    overview: () => <Overview />,
    findings: () =>
      finding ? (
        <FindingDetail key={finding.id} finding={finding} filter={route.filter} />
      ) : (
        <Findings filter={route.filter} />
      ),
    pages: () => <Pages />,
    coverage: () => <Coverage />,
    artifacts: () => <Artifacts />,
    provenance: () => <Provenance />,
  };
  return (
    <div ref={start} tabIndex={-1} data-report-screen={route.screen}>
      {screens[route.screen]()}
    </div>
  );
}
