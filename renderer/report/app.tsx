import { useEffect, useRef } from 'react';
import styles from './app.module.css';
import { useModel } from './model.ts';
import { linkTo, parseRoute, type Route, SCREENS, type Screen, useHash } from './route.ts';
import { Artifacts } from './artifacts.tsx';
import { Coverage } from './coverage.tsx';
import { FindingDetail } from './finding-detail.tsx';
import { Findings } from './findings.tsx';
import { Overview } from './overview.tsx';
import { Pages } from './pages.tsx';
import { Provenance } from './provenance.tsx';

const TITLES: Readonly<Record<Screen, string>> = {
  overview: 'Overview',
  findings: 'Findings',
  pages: 'Pages',
  coverage: 'Coverage',
  artifacts: 'Artifacts',
  provenance: 'Provenance',
};

/** The whole report: a bar that says what was scanned, the screens, and the one that the address names. */
export function App() {
  const { report, only, scannerTitles } = useModel();
  const route = parseRoute(useHash());
  const main = useRef<HTMLElement>(null);
  const place = `${route.screen}/${route.finding ?? ''}`;
  const last = useRef(place);
  useEffect(() => {
    // Going to another screen moves the reader to its start; typing in a filter does not.
    if (last.current === place) return;
    last.current = place;
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [place]);
  const { source } = report.job;
  const name = report.job.label ?? (source.kind === 'zip' ? source.filename : (source.urls[0] ?? ''));
  return (
    <>
      <a className={styles['skip']} href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to content
      </a>
      <header className={styles['bar']}>
        <p className={styles['target']} title={name}>
          {name}
          {only !== null && <span className={styles['only']}> {scannerTitles.get(only) ?? only} only</span>}
        </p>
        <nav aria-label="Report">
          <ul className={styles['tabs']}>
            {SCREENS.map((screen) => (
              <li key={screen}>
                <a href={linkTo(screen)} aria-current={route.screen === screen ? 'page' : undefined}>
                  {TITLES[screen]}
                  {screen === 'findings' && (
                    <span className={styles['badge']}> {report.findings.length.toLocaleString('en')}</span>
                  )}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main className={styles['main']} id="main" ref={main} tabIndex={-1}>
        <ScreenOf route={route} />
      </main>
      <footer className={styles['footer']}>
        <p>
          Stageflow {report.provenance.engine} · report {report.contractVersion} · job <code>{report.job.id}</code> ·{' '}
          <time dateTime={report.job.startedAt}>{report.job.startedAt.slice(0, 16).replace('T', ' ')} UTC</time>
        </p>
      </footer>
    </>
  );
}

function ScreenOf({ route }: { readonly route: Route }) {
  const { findings } = useModel();
  const finding = route.finding === null ? undefined : findings.get(route.finding);
  switch (route.screen) {
    case 'overview':
      return <Overview />;
    case 'findings':
      return finding ? (
        <FindingDetail key={finding.id} finding={finding} filter={route.filter} />
      ) : (
        <Findings route={route} />
      );
    case 'pages':
      return <Pages />;
    case 'coverage':
      return <Coverage />;
    case 'artifacts':
      return <Artifacts />;
    case 'provenance':
      return <Provenance />;
  }
}
