import type { Coverage as CoverageOf, CoverageCell, CoveragePage } from '@stageflow/engine/report-schema';
import { useMemo } from 'react';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { usePrinting } from '../ui/printing.ts';
import { useModel } from './model.ts';
import styles from './table.module.css';

type Blocked = CoverageOf['blockedHosts'][number];

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
  const columns = useMemo(
    (): readonly Column<CoveragePage>[] => [
      {
        name: 'Page',
        rowHead: true,
        narrow: 'bare',
        cell: (page) => (
          <>
            {page.pageId === '_site' ? 'The whole site' : (pages.get(page.pageId)?.path ?? page.pageId)}
            {page.reason !== null && <span className={styles['sub']}>{page.reason}</span>}
          </>
        ),
      },
      {
        name: 'Visit',
        width: 120,
        cell: (page) => <span className={styles['quiet']}>{page.status.replace('-', ' ')}</span>,
      },
      ...coverage.modules.map(
        (m): Column<CoveragePage> => ({
          name: scannerTitles.get(m.scanner) ?? m.scanner,
          cell: (page) => <Cell cell={page.modules.find((cell) => cell.scanner === m.scanner)} />,
        }),
      ),
    ],
    [coverage, pages, scannerTitles],
  );
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
      <DataTable
        items={coverage.pages}
        columns={columns}
        keyOf={(page) => page.pageId}
        label="Pages and modules"
        estimate={46}
      />
      <LeftOut />
      <BlockedHosts />
    </>
  );
}

function Cell({ cell }: { readonly cell: CoverageCell | undefined }) {
  if (!cell) return <span className={styles['quiet']}>–</span>;
  return (
    <>
      <span className={HOLES.has(cell.outcome) ? styles['hole'] : styles['quiet']}>{WORDS[cell.outcome]}</span>
      {cell.outcome !== 'ok' && cell.reason !== null && <span className={styles['sub']}>{cell.reason}</span>}
    </>
  );
}

function LeftOut() {
  const { skipped } = useModel().report.coverage;
  const printing = usePrinting();
  if (skipped.length === 0) return null;
  return (
    <>
      <h2 className={styles['heading']}>Seen and left out</h2>
      {skipped.map((row) => (
        <details key={row.reason} {...(printing ? { open: true } : {})}>
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

const BLOCKED: readonly Column<Blocked>[] = [
  { name: 'Host', rowHead: true, narrow: 'bare', cell: (row) => row.host },
  { name: 'Requests', width: 96, numeric: true, cell: (row) => row.count.toLocaleString('en') },
  { name: 'Pages', width: 80, numeric: true, cell: (row) => row.pages.toLocaleString('en') },
  { name: 'Kinds', width: 180, cell: (row) => <span className={styles['quiet']}>{row.types.join(', ')}</span> },
  { name: 'Why', cell: (row) => <span className={styles['quiet']}>{row.reason}</span> },
];

function BlockedHosts() {
  const { blockedHosts } = useModel().report.coverage;
  if (blockedHosts.length === 0) return null;
  return (
    <>
      <h2 className={styles['heading']}>Requests that were refused</h2>
      <p className={styles['lead']}>What depends on a refused style, script or font is marked as needing review.</p>
      <DataTable items={blockedHosts} columns={BLOCKED} keyOf={(row) => row.host} label="Requests that were refused" />
    </>
  );
}
