import type { ReportFinding } from '@stageflow/engine/report-schema';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { type Column, DataTable, type TableHandle } from '../ui/data-table.tsx';
import { useKeys } from '../ui/keys.ts';
import { markOf, Severity } from '../ui/severity.tsx';
import { CopyLink, copyAddress } from './copy-link.tsx';
import { applyFilter } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import styles from './findings.module.css';
import { grouped, type Row } from './groups.ts';
import { useBeside, useModel, useSurroundings } from './model.ts';
import { NothingLeft } from './nothing-left.tsx';
import { type Filter, go, hashOf, linkToFinding } from './route.ts';
import { SetAsideForm } from './set-aside.tsx';
import { count } from './words.ts';

/** Causes, filtered and grouped; all of it stands in the address. J and K walk the rows, Enter opens, `/` searches, C copies the link. */
export function Findings({ filter }: { readonly filter: Filter }) {
  const { report, pages, scannerTitles, baseline } = useModel();
  const around = useSurroundings();
  const deferred = useDeferredValue(filter);
  const shown = useMemo(() => applyFilter(report.findings, deferred, around), [report.findings, deferred, around]);
  const rows = useMemo(
    () =>
      grouped(shown, deferred.group, {
        page: (id) => pages.get(id)?.path ?? id,
        module: (id) => scannerTitles.get(id) ?? id,
      }),
    [shown, deferred.group, pages, scannerTitles],
  );
  const set = (next: Filter) => go({ screen: 'findings', open: null, filter: next }, true);
  const search = useRef<HTMLInputElement>(null);
  const table = useRef<TableHandle>(null);
  const current = useRef(-1);
  const [copied, setCopied] = useState('');
  const { decisions } = useBeside();
  const [asking, setAsking] = useState<ReportFinding | null>(null);
  // Another list is walked from its start.
  useEffect(() => {
    current.current = -1;
  }, [rows]);
  const walk = (step: 1 | -1) => {
    let next = current.current + step;
    while (rows[next]?.kind === 'head') next += step;
    if (!rows[next]) return;
    current.current = next;
    table.current?.reveal(next);
    const link = () => table.current?.rowElement(next)?.querySelector('a');
    // A row that stood outside the page is drawn with the next frame.
    const there = link();
    if (there) there.focus();
    else requestAnimationFrame(() => link()?.focus());
  };
  const grouping = useRef(false);
  const groupBy = (group: Filter['group']) => () => {
    if (!grouping.current) return false;
    grouping.current = false;
    return set({ ...filter, group });
  };
  useKeys({
    g: () => {
      grouping.current = true;
    },
    p: groupBy('page'),
    r: groupBy('rule'),
    s: groupBy('module'),
    n: groupBy('none'),
    '/': () => search.current?.focus(),
    j: () => walk(1),
    k: () => walk(-1),
    i: () => {
      const row = rows[current.current];
      if (decisions?.change == null || row?.kind !== 'finding' || decisions.of.has(row.finding.fingerprint))
        return false;
      setAsking(row.finding);
    },
    c: () => {
      const row = rows[current.current];
      const hash =
        row?.kind === 'finding'
          ? linkToFinding(row.finding.id, filter)
          : hashOf({ screen: 'findings', open: null, filter });
      void copyAddress(hash).then(setCopied);
    },
  });
  const columns = useMemo(
    () => columnsOf(filter, scannerTitles, baseline?.new ?? null, decisions?.of ?? null),
    [filter, scannerTitles, baseline, decisions],
  );
  return (
    <>
      <h1 className={styles['title']}>Findings</h1>
      <FilterBar filter={filter} set={set} search={search} />
      <p className={styles['status']} role="status">
        {shown.length === report.findings.length
          ? count(shown.length, 'cause')
          : `${shown.length.toLocaleString('en')} of ${count(report.findings.length, 'cause')}`}
        {shown.length > 0 &&
          `, ${count(
            shown.reduce((sum, f) => sum + f.occurrencesTotal, 0),
            'place',
          )}`}
      </p>
      <CopyLink said={copied} />
      {asking !== null && (
        <SetAsideForm
          key={asking.id}
          finding={asking}
          onDone={(said) => {
            setAsking(null);
            setCopied(said);
          }}
          onClose={() => setAsking(null)}
        />
      )}
      {shown.length === 0 ? (
        <NothingLeft filter={filter} set={set} />
      ) : (
        <DataTable
          ref={table}
          items={rows}
          columns={columns}
          keyOf={(row) => (row.kind === 'head' ? `head ${row.group}` : `${row.group} ${row.finding.id}`)}
          groupHead={(row) => (row.kind === 'head' ? <GroupHead row={row} /> : null)}
          label="Causes"
          estimate={64}
        />
      )}
    </>
  );
}

function GroupHead({ row }: { readonly row: Extract<Row, { kind: 'head' }> }) {
  return (
    <>
      {row.title} <span className={styles['quiet']}>{count(row.causes, 'cause')}</span>
    </>
  );
}

function columnsOf(
  filter: Filter,
  titles: ReadonlyMap<string, string>,
  fresh: ReadonlySet<string> | null,
  decided: ReadonlyMap<string, unknown> | null,
): readonly Column<Row>[] {
  const cell = (draw: (finding: Extract<Row, { kind: 'finding' }>['finding']) => React.ReactNode) => (row: Row) =>
    row.kind === 'finding' ? draw(row.finding) : null;
  return [
    { name: 'Severity', width: 140, narrow: 'bare', cell: cell((f) => <Severity mark={markOf(f)} />) },
    {
      name: 'What is wrong',
      rowHead: true,
      narrow: 'bare',
      cell: cell((f) => (
        <>
          <a className={styles['link']} href={linkToFinding(f.id, filter)}>
            {f.title}
          </a>
          {decided?.has(f.fingerprint) && <span className={styles['quiet']}> set aside</span>}
          <Hint finding={f} />
        </>
      )),
    },
    {
      name: 'Pages',
      width: 72,
      numeric: true,
      cell: cell((f) => (f.pagesAffected === 0 ? 'site' : f.pagesAffected.toLocaleString('en'))),
    },
    { name: 'Places', width: 80, numeric: true, cell: cell((f) => f.occurrencesTotal.toLocaleString('en')) },
    {
      name: 'Seen by',
      width: 170,
      narrow: 'out',
      cell: cell((f) => (
        <span className={styles['quiet']}>
          {[...new Set(f.witnesses.map((w) => titles.get(w.scanner) ?? w.scanner))].join(', ')}
        </span>
      )),
    },
    { name: 'Confidence', width: 110, cell: cell((f) => <span className={styles['quiet']}>{f.confidence}</span>) },
    ...(fresh === null
      ? []
      : [
          {
            name: 'Since',
            width: 80,
            cell: cell((f) => <span className={styles['quiet']}>{fresh.has(f.fingerprint) ? 'new' : 'known'}</span>),
          },
        ]),
  ];
}

/** What tells causes of one title apart: the first place, in the most exact words there are. */
function Hint({ finding }: { readonly finding: Extract<Row, { kind: 'finding' }>['finding'] }) {
  const first = finding.occurrences[0];
  const text = first?.file
    ? `${first.file}${first.line === null ? '' : `:${first.line}`}`
    : (first?.target ?? first?.selector ?? first?.message);
  return text ? <code className={styles['hint']}>{text.slice(0, 300)}</code> : null;
}
