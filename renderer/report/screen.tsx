import { useEffect, useRef } from 'react';
import { Artifacts } from './artifacts.tsx';
import { Aside } from './aside.tsx';
import { Coverage } from './coverage.tsx';
import { FindingDetail } from './finding-detail.tsx';
import { Findings } from './findings.tsx';
import { useModel } from './model.ts';
import { usePrinting } from '../ui/printing.ts';
import { OnPaper } from './on-paper.tsx';
import { Overview } from './overview.tsx';
import { PageDetail } from './page-detail.tsx';
import { Pages } from './pages.tsx';
import { Provenance } from './provenance.tsx';
import { parseRoute, useHash } from './route.ts';
import styles from './screen.module.css';

/** The screen that the address names. Going to another one moves the reader to its start; typing in a filter does not. */
export function ReportScreen() {
  const { findings, pages } = useModel();
  const route = parseRoute(useHash());
  const start = useRef<HTMLDivElement>(null);
  const place = `${route.screen}/${route.open ?? ''}`;
  const last = useRef(place);
  useEffect(() => {
    if (last.current === place) return;
    last.current = place;
    start.current?.focus({ preventScroll: true });
    start.current?.scrollIntoView({ block: 'start' });
  }, [place]);
  const finding = route.open === null ? undefined : findings.get(route.open);
  const page = route.open === null ? undefined : pages.get(route.open);
  // Printing the first screen prints everything; printing another one prints that.
  if (usePrinting() && route.screen === 'overview') return <OnPaper />;
  const screens = {
    overview: () => <Overview />,
    findings: () =>
      finding ? (
        <FindingDetail key={finding.id} finding={finding} filter={route.filter} />
      ) : (
        <Findings filter={route.filter} />
      ),
    pages: () => (page ? <PageDetail key={page.id} page={page} /> : <Pages />),
    coverage: () => <Coverage />,
    aside: () => <Aside />,
    artifacts: () => <Artifacts filter={route.filter} />,
    provenance: () => <Provenance />,
  };
  return (
    <div ref={start} tabIndex={-1} data-report-screen={route.screen} className={styles['screen']}>
      {screens[route.screen]()}
    </div>
  );
}
