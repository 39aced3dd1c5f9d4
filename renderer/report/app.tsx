import { useRef } from 'react';
import { KeyHelp } from '../ui/key-help.tsx';
import styles from './app.module.css';
import { useModel } from './model.ts';
import { ReportScreen } from './screen.tsx';
import { REPORT_KEYS, ReportTabs } from './tabs.tsx';
import { nameOf } from './words.ts';

/** The page of the offline file around the report's screens: a bar that says what was scanned, and a foot with the run. */
export function App() {
  const { report, only, scannerTitles } = useModel();
  const main = useRef<HTMLElement>(null);
  const name = nameOf(report.job);
  return (
    <>
      <a className={styles['skip']} href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to content
      </a>
      <header className={styles['bar']}>
        <p className={styles['target']} title={name.slice(0, 300)}>
          {name}
          {only !== null && <span className={styles['only']}> {scannerTitles.get(only) ?? only} only</span>}
        </p>
        <ReportTabs />
        <KeyHelp keys={REPORT_KEYS} />
      </header>
      <main className={styles['main']} id="main" ref={main} tabIndex={-1}>
        <ReportScreen />
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
