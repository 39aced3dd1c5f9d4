import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { navigate, useAddress } from '../../app/location.ts';
import { useShortcuts } from '../../app/shortcuts.ts';
import { Trend } from '../../report/trend.tsx';
import { onlySite, trendOf } from '../../state/jobs/trend.ts';
import { useApp } from '../../state/store.ts';
import { LinkWord } from '../../ui/link-word.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { filterJobs } from './filter.ts';
import styles from './history.module.css';
import { JobRow } from './job-row.tsx';

/** All runs, newest first, as they happen. Two that are marked can be compared. */
export default function History() {
  const jobs = useApp((state) => state.jobs);
  const problem = useApp((state) => state.jobsProblem);
  const link = useApp((state) => state.jobsLink);
  const older = useApp((state) => state.olderJobs);
  const { watchJobs, loadOlderJobs } = useApp.getState();
  useEffect(() => watchJobs(), [watchJobs]);
  if (jobs === null) {
    return problem === null ? (
      <Loading what="your runs" screen="Runs" />
    ) : (
      <Failed problem={problem} retry={() => location.reload()} />
    );
  }
  if (jobs.length === 0) {
    return (
      <Empty
        title="No runs yet"
        action={
          <a className="button primary" href="/playground">
            Start the first scan
          </a>
        }
      >
        Give addresses or a ZIP of a built site. Every run is kept here with its report and its proof.
      </Empty>
    );
  }
  return (
    <>
      <header className={styles['head']}>
        <h1>Runs</h1>
        <a className="button primary" href="/playground">
          New scan
        </a>
      </header>
      <LinkWord link={link} heardAt={null} />
      <Runs />
      {older !== null && (
        <p className={styles['older']}>
          <button type="button" onClick={() => void loadOlderJobs()}>
            Show older runs
          </button>
        </p>
      )}
    </>
  );
}

function Runs() {
  const jobs = useApp((state) => state.jobs) ?? [];
  const text = new URLSearchParams(useAddress().split('?')[1]).get('q') ?? '';
  const wanted = useDeferredValue(text);
  const shown = useMemo(() => filterJobs(jobs, wanted), [jobs, wanted]);
  const [marked, setMarked] = useState<readonly string[]>([]);
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLTableSectionElement>(null);
  const walk = (step: 1 | -1) => {
    const links = [...(list.current?.querySelectorAll<HTMLAnchorElement>('a[data-row]') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    links[Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
  };
  useShortcuts('Runs', [
    { keys: '/', label: 'Search the runs', run: () => search.current?.focus() },
    { keys: 'j', label: 'Next run', run: () => walk(1) },
    { keys: 'k', label: 'Run before', run: () => walk(-1) },
  ]);
  const mark = (id: string, on: boolean) =>
    setMarked(on ? [...marked, id].slice(-2) : marked.filter((other) => other !== id));
  const [b, a] = marked.toSorted().toReversed();
  return (
    <>
      <search className={styles['bar']}>
        <label className="hidden-text" htmlFor="search-runs">
          Search the runs
        </label>
        <input
          id="search-runs"
          ref={search}
          type="search"
          value={text}
          placeholder="Site, name, module or state"
          onChange={({ target }) =>
            navigate(target.value === '' ? '/' : `/?${new URLSearchParams({ q: target.value })}`, 'replace')
          }
        />
        <p role="status" className={styles['quiet']}>
          {shown.length === jobs.length ? `${jobs.length} runs` : `${shown.length} of ${jobs.length} runs`}
        </p>
        {a !== undefined && b !== undefined && (
          <a className="button primary" href={`/compare?${new URLSearchParams({ a, b })}`}>
            Compare the two
          </a>
        )}
        {marked.length === 1 && <p className={styles['quiet']}>Mark one more to compare.</p>}
      </search>
      {onlySite(shown) !== null && <Trend title="Faults, run by run" points={trendOf(shown)} />}
      {shown.length === 0 ? (
        <p className={styles['none']}>
          No run has “<bdi>{wanted}</bdi>” in it.{' '}
          <button type="button" onClick={() => navigate('/', 'replace')}>
            Show all
          </button>
        </p>
      ) : (
        <div className={styles['wide']}>
          <table className={styles['table']}>
            <thead>
              <tr>
                <th scope="col">
                  <span className="hidden-text">Mark to compare</span>
                </th>
                <th scope="col">Site</th>
                <th scope="col">State</th>
                <th scope="col" className={styles['numeric']}>
                  Pages
                </th>
                <th scope="col">Findings</th>
                <th scope="col">Started</th>
                <th scope="col" className={styles['numeric']}>
                  Took
                </th>
                <th scope="col">
                  <span className="hidden-text">Acts</span>
                </th>
              </tr>
            </thead>
            <tbody ref={list}>
              {shown.map((job) => (
                <JobRow key={job.id} job={job} marked={marked.includes(job.id)} mark={mark} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
