import { useDeferredValue, useEffect, useMemo, useRef } from 'react';
import { Glyph, MARKS, markOf, type Mark, Severity, wordOf } from '../ui/severity.tsx';
import { Paged } from '../ui/paged.tsx';
import { count } from './words.ts';
import { applyFilter, facets } from './filter.ts';
import styles from './findings.module.css';
import { useModel } from './model.ts';
import { type Filter, go, linkToFinding, NO_FILTER } from './route.ts';

const PART = 100;

/** Causes, filtered; the filter stands in the address. J and K walk the rows, `/` goes to the search field. */
export function Findings({ filter }: { readonly filter: Filter }) {
  const { report, pages, scannerTitles } = useModel();
  const deferred = useDeferredValue(filter);
  const shown = useMemo(() => applyFilter(report.findings, deferred), [report.findings, deferred]);
  const set = (next: Filter) => go({ screen: 'findings', finding: null, filter: next }, true);
  const search = useRef<HTMLInputElement>(null);
  const table = useRef<HTMLTableElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        event.target instanceof HTMLInputElement ||
        event.target instanceof HTMLSelectElement
      )
        return;
      if (event.key === '/') {
        event.preventDefault();
        search.current?.focus();
      }
      if (event.key === 'j' || event.key === 'k') {
        const links = [...(table.current?.querySelectorAll<HTMLAnchorElement>('a[data-row]') ?? [])];
        const at = links.indexOf(document.activeElement as HTMLAnchorElement);
        links[Math.max(0, Math.min(links.length - 1, at + (event.key === 'j' ? 1 : -1)))]?.focus();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const names = {
    module: scannerTitles.get(filter.module) ?? filter.module,
    page: pages.get(filter.page)?.path ?? filter.page,
  };
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
      {shown.length === 0 ? (
        <Empty filter={filter} names={names} set={set} />
      ) : (
        <Paged items={shown} size={PART} noun="causes" key={JSON.stringify(deferred)}>
          {(part) => (
            <table ref={table} className={styles['table']}>
              <thead>
                <tr>
                  <th scope="col">Severity</th>
                  <th scope="col">What is wrong</th>
                  <th scope="col" className={styles['numeric']}>
                    Pages
                  </th>
                  <th scope="col" className={styles['numeric']}>
                    Places
                  </th>
                  <th scope="col">Seen by</th>
                  <th scope="col">Confidence</th>
                </tr>
              </thead>
              <tbody>
                {part.map((f) => (
                  <tr key={f.id}>
                    <td>
                      <Severity mark={markOf(f)} />
                    </td>
                    <td>
                      <a className={styles['link']} data-row href={linkToFinding(f.id, filter)}>
                        {f.title}
                      </a>
                      <Hint finding={f} />
                    </td>
                    <td className={styles['numeric']}>
                      {f.pagesAffected === 0 ? 'site' : f.pagesAffected.toLocaleString('en')}
                    </td>
                    <td className={styles['numeric']}>{f.occurrencesTotal.toLocaleString('en')}</td>
                    <td className={styles['quiet']}>
                      {[...new Set(f.witnesses.map((w) => scannerTitles.get(w.scanner) ?? w.scanner))].join(', ')}
                    </td>
                    <td className={styles['quiet']}>{f.confidence}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Paged>
      )}
    </>
  );
}

/** What tells causes of one title apart: the first place, in the most exact words there are. */
function Hint({ finding }: { readonly finding: Model['findings'][number] }) {
  const first = finding.occurrences[0];
  const text = first?.file
    ? `${first.file}${first.line === null ? '' : `:${first.line}`}`
    : (first?.target ?? first?.selector ?? first?.message);
  return text ? <code className={styles['hint']}>{text}</code> : null;
}
type Model = ReturnType<typeof useModel>['report'];

function FilterBar({
  filter,
  set,
  search,
}: {
  readonly filter: Filter;
  readonly set: (next: Filter) => void;
  readonly search: React.RefObject<HTMLInputElement | null>;
}) {
  const { report, pages } = useModel();
  const toggle = (mark: Mark) =>
    set({
      ...filter,
      marks: filter.marks.includes(mark)
        ? filter.marks.filter((m) => m !== mark)
        : MARKS.filter((m) => m === mark || filter.marks.includes(m)),
    });
  return (
    <search className={styles['bar']}>
      <div className={styles['chips']} role="group" aria-label="Severity">
        {MARKS.filter((mark) => report.summary.causes[mark] > 0).map((mark) => (
          <button
            key={mark}
            type="button"
            className={`${styles['chip']} ${styles[mark]}`}
            aria-pressed={filter.marks.includes(mark)}
            onClick={() => toggle(mark)}
          >
            <Glyph mark={mark} /> {wordOf(mark)}{' '}
            <span className={styles['n']}>{report.summary.causes[mark].toLocaleString('en')}</span>
          </button>
        ))}
      </div>
      <label>
        <span>Search</span>
        <input
          ref={search}
          type="search"
          value={filter.text}
          onChange={(e) => set({ ...filter, text: e.target.value })}
          placeholder="title, rule, file, selector"
        />
      </label>
      {report.scanners.length > 1 && (
        <label>
          <span>Module</span>
          <select value={filter.module} onChange={(e) => set({ ...filter, module: e.target.value })}>
            <option value="">All</option>
            {report.scanners.map((s) => (
              <option key={s.id} value={s.id}>
                {s.title}
              </option>
            ))}
          </select>
        </label>
      )}
      {filter.page !== '' && (
        <button type="button" onClick={() => set({ ...filter, page: '' })}>
          Page {pages.get(filter.page)?.path ?? filter.page} ✕<span className={styles['hidden']}> show all pages</span>
        </button>
      )}
    </search>
  );
}

function Empty({
  filter,
  names,
  set,
}: {
  readonly filter: Filter;
  readonly names: { module: string; page: string };
  readonly set: (next: Filter) => void;
}) {
  const { report } = useModel();
  if (report.findings.length === 0)
    return <p className={styles['empty']}>No module found anything. Coverage says what was looked at.</p>;
  const parts = facets(filter, names);
  return (
    <div className={styles['empty']}>
      <p>Nothing matches all of these together. Drop one:</p>
      <ul>
        {parts.map(({ label, without }) => (
          <li key={label}>
            <button type="button" onClick={() => set(without)}>
              without {label}: {count(applyFilter(report.findings, without).length, 'cause')}
            </button>
          </li>
        ))}
        <li>
          <button type="button" onClick={() => set(NO_FILTER)}>
            Show all
          </button>
        </li>
      </ul>
    </div>
  );
}
