import { applyFilter, facets } from './filter.ts';
import styles from './findings.module.css';
import { useModel, useSurroundings } from './model.ts';
import type { Filter } from './route.ts';
import { count } from './words.ts';

/** What stands where no finding is left: which part of the filter to drop, and what would come back. */
export function NothingLeft({ filter, set }: { readonly filter: Filter; readonly set: (next: Filter) => void }) {
  const { report, pages, scannerTitles } = useModel();
  const around = useSurroundings();
  if (report.findings.length === 0)
    return <p className={styles['empty']}>No module found anything. Coverage says what was looked at.</p>;
  const parts = facets(filter, {
    module: scannerTitles.get(filter.module) ?? filter.module,
    page: pages.get(filter.page)?.path ?? filter.page,
  });
  return (
    <div className={styles['empty']}>
      <p>Nothing matches all of these together. Drop one:</p>
      <ul>
        {parts.slice(0, 20).map(({ label, without }, i) => (
          <li key={`${i} ${label}`}>
            <button type="button" onClick={() => set(without)}>
              without {label.slice(0, 80)}: {count(applyFilter(report.findings, without, around).length, 'cause')}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
