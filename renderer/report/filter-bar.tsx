import { Glyph, type Mark, MARKS, wordOf } from '../ui/severity.tsx';
import fields from './filter-fields.module.css';
import styles from './filter-bar.module.css';
import { useModel } from './model.ts';
import { type Filter, GROUPS, NO_FILTER } from './route.ts';
import { SavedFilters } from './saved-filters.tsx';

const GROUP_WORDS = { none: 'nothing', page: 'page', rule: 'rule', module: 'module' } as const;

/** The facets above the list: severities, search, module, subject, since when, and what the list is put together by. */
export function FilterBar({
  filter,
  set,
  search,
}: {
  readonly filter: Filter;
  readonly set: (next: Filter) => void;
  readonly search: React.RefObject<HTMLInputElement | null>;
}) {
  const { report, pages, baseline } = useModel();
  const toggle = (mark: Mark) =>
    set({
      ...filter,
      marks: filter.marks.includes(mark)
        ? filter.marks.filter((m) => m !== mark)
        : MARKS.filter((m) => m === mark || filter.marks.includes(m)),
    });
  const categories = [...new Set(report.findings.map((f) => f.category))].toSorted();
  const narrowed = JSON.stringify({ ...filter, group: 'none' }) !== JSON.stringify(NO_FILTER);
  return (
    <search className={`${styles['bar']} ${fields['fields']}`}>
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
      <label className={styles['search']}>
        <span>Search</span>
        <input
          ref={search}
          type="search"
          value={filter.text}
          onChange={(e) => set({ ...filter, text: e.target.value })}
          onKeyDown={(e) => {
            if (e.key === 'Escape') e.currentTarget.blur();
          }}
          placeholder="logo page:/shop* rule:image-alt"
          spellCheck={false}
          autoComplete="off"
        />
      </label>
      {report.scanners.length > 1 && (
        <Choice
          name="Module"
          value={filter.module}
          set={(module) => set({ ...filter, module })}
          options={[['', 'All'], ...report.scanners.map((s) => [s.id, s.title] as const)]}
        />
      )}
      {categories.length > 1 && (
        <Choice
          name="Subject"
          value={filter.category}
          set={(category) => set({ ...filter, category })}
          options={[['', 'All'], ...categories.map((c) => [c, c.replace('-', ' ')] as const)]}
        />
      )}
      {baseline !== null && (
        <Choice
          name={`Since ${baseline.name.slice(0, 40)}`}
          value={filter.since}
          set={(since) => set({ ...filter, since: since === 'new' || since === 'known' ? since : '' })}
          options={[
            ['', 'All'],
            ['new', 'New'],
            ['known', 'Known'],
          ]}
        />
      )}
      <Choice
        name="Group by"
        value={filter.group}
        set={(value) => set({ ...filter, group: GROUPS.find((g) => g === value) ?? 'none' })}
        options={GROUPS.map((g) => [g, GROUP_WORDS[g]] as const)}
      />
      {filter.page !== '' && (
        <button type="button" className={styles['drop']} onClick={() => set({ ...filter, page: '' })}>
          <span className={styles['dropText']}>Page {pages.get(filter.page)?.path ?? filter.page}</span>
          <span aria-hidden="true">✕</span>
          <span className={styles['hidden']}>: show all pages</span>
        </button>
      )}
      {narrowed && (
        <button type="button" onClick={() => set({ ...NO_FILTER, group: filter.group })}>
          Show all
        </button>
      )}
      <SavedFilters filter={filter} />
    </search>
  );
}

function Choice({
  name,
  value,
  set,
  options,
}: {
  readonly name: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly options: readonly (readonly [string, string])[];
}) {
  return (
    <label>
      <span>{name}</span>
      <select value={value} onChange={(e) => set(e.target.value)}>
        {options.map(([id, title]) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
