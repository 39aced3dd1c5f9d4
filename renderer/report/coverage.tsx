import type { CoverageCell } from '@stageflow/engine/report-schema';
import { Paged } from '../ui/paged.tsx';
import { useModel } from './model.ts';
import styles from './table.module.css';

const WORDS: Readonly<Record<CoverageCell['outcome'], string>> = {
  ok: 'done',
  failed: 'failed',
  timeout: 'timed out',
  skipped: 'left out',
  blocked: 'blocked',
  'not-measurable': 'not measurable',
  missing: 'never ended',
};
const HOLES = new Set<CoverageCell['outcome']>(['failed', 'timeout', 'missing']);

/** What was looked at, what was not, and why: every page and module. */
export function Coverage() {
  const { report, pages, scannerTitles } = useModel();
  const { coverage } = report;
  return (
    <>
      <h1 className={styles['title']}>Coverage</h1>
      <p className={styles['lead']}>{coverage.sentence}</p>
      <h2 className={styles['heading']}>Modules</h2>
      <ul className={styles['notes']}>
        {coverage.modules.map((m) => (
          <li key={m.scanner}>{m.sentence}</li>
        ))}
      </ul>
      <h2 className={styles['heading']}>Pages</h2>
      <Paged items={coverage.pages} size={200} noun="pages">
        {(part) => (
          <div className={styles['wide']} tabIndex={0} role="region" aria-label="Pages and modules">
            <table>
              <thead>
                <tr>
                  <th scope="col">Page</th>
                  <th scope="col">Visit</th>
                  {coverage.modules.map((m) => (
                    <th key={m.scanner} scope="col">
                      {scannerTitles.get(m.scanner) ?? m.scanner}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {part.map((page) => (
                  <tr key={page.pageId}>
                    <th scope="row" className={styles['name']}>
                      {page.pageId === '_site' ? 'The whole site' : (pages.get(page.pageId)?.path ?? page.pageId)}
                      {page.reason !== null && <span className={styles['sub']}>{page.reason}</span>}
                    </th>
                    <td className={styles['quiet']}>{page.status.replace('-', ' ')}</td>
                    {coverage.modules.map((m) => (
                      <Cell key={m.scanner} cell={page.modules.find((cell) => cell.scanner === m.scanner)} />
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Paged>
      <LeftOut />
      <Blocked />
    </>
  );
}

function Cell({ cell }: { readonly cell: CoverageCell | undefined }) {
  if (!cell) return <td className={styles['quiet']}>–</td>;
  return (
    <td>
      <span className={HOLES.has(cell.outcome) ? styles['hole'] : styles['quiet']}>{WORDS[cell.outcome]}</span>
      {cell.outcome !== 'ok' && cell.reason !== null && <span className={styles['sub']}>{cell.reason}</span>}
    </td>
  );
}

function LeftOut() {
  const { skipped } = useModel().report.coverage;
  if (skipped.length === 0) return null;
  return (
    <>
      <h2 className={styles['heading']}>Seen and left out</h2>
      {skipped.map((row) => (
        <details key={row.reason}>
          <summary>
            {row.count === 1 ? '1 address' : `${row.count.toLocaleString('en')} addresses`}. {row.sentence}
          </summary>
          <ul className={styles['notes']}>
            {row.examples.map((example) => (
              <li key={example}>
                <code>{example}</code>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </>
  );
}

function Blocked() {
  const { blockedHosts } = useModel().report.coverage;
  if (blockedHosts.length === 0) return null;
  return (
    <>
      <h2 className={styles['heading']}>Requests that were refused</h2>
      <p className={styles['lead']}>What depends on a refused style, script or font is marked as needing review.</p>
      <div className={styles['wide']} tabIndex={0} role="region" aria-label="Requests that were refused">
        <table>
          <thead>
            <tr>
              <th scope="col">Host</th>
              <th scope="col" className={styles['numeric']}>
                Requests
              </th>
              <th scope="col" className={styles['numeric']}>
                Pages
              </th>
              <th scope="col">Kinds</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {blockedHosts.map((row) => (
              <tr key={row.host}>
                <th scope="row" className={styles['name']}>
                  {row.host}
                </th>
                <td className={styles['numeric']}>{row.count.toLocaleString('en')}</td>
                <td className={styles['numeric']}>{row.pages.toLocaleString('en')}</td>
                <td className={styles['quiet']}>{row.types.join(', ')}</td>
                <td className={styles['quiet']}>{row.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
