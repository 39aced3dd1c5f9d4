import { useBeside, useModel } from './model.ts';
import { linkTo, parseRoute, SCREENS, type Screen, useHash } from './route.ts';
import styles from './tabs.module.css';

const TITLES: Readonly<Record<Screen, string>> = {
  overview: 'Overview',
  findings: 'Findings',
  pages: 'Pages',
  coverage: 'Coverage',
  aside: 'Set aside',
  artifacts: 'Artifacts',
  provenance: 'Provenance',
};

/** What single keys do on the report's screens. */
export const REPORT_KEYS = [
  ['J K', 'next and previous finding'],
  ['Enter', 'open it'],
  ['G then P R S N', 'group by page, rule, scanner, nothing'],
  ['/', 'search'],
  ['C', 'copy the link'],
  ['I', 'set the finding aside, on a server'],
  ['[ ]', 'previous and next place of a finding'],
  ['E', 'enlarge its picture'],
  ['S', 'go to its markup'],
  ['1 to 6', 'a module’s findings, from the overview'],
  ['?', 'this list'],
] as const;

/** The names of the screens, the current one marked. */
export function ReportTabs() {
  const { report, aside } = useModel();
  const { decisions } = useBeside();
  const { screen: current } = parseRoute(useHash());
  return (
    <nav aria-label="Report" className={styles['nav']}>
      <ul className={styles['tabs']}>
        {SCREENS.filter((screen) => screen !== 'aside' || aside.size > 0 || decisions !== null).map((screen) => (
          <li key={screen}>
            <a href={linkTo(screen)} aria-current={current === screen ? 'page' : undefined}>
              {TITLES[screen]}
              {screen === 'findings' && (
                <span className={styles['badge']}> {report.findings.length.toLocaleString('en')}</span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
