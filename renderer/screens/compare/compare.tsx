import { navigate, useAddress } from '../../app/location.ts';
import { useShortcuts } from '../../app/shortcuts.ts';
import { call } from '../../api/call.ts';
import type { JobSummary } from '../../api/schema.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { Empty, Show } from '../../ui/states.tsx';
import styles from './compare.module.css';
import { Differences } from './differences.tsx';
import { RunPicker } from './run-picker.tsx';
import { pairOf } from './pair.ts';

/** Most runs that can be picked from. */
const MOST_RUNS = 200;

/** Two runs side by side: what is new, what is fixed, what stayed, and what cannot be compared. */
export default function Compare() {
  const loaded = useLoaded('done', (signal) =>
    call('GET /api/v1/jobs', { query: { state: 'DONE', limit: MOST_RUNS }, signal }),
  );
  return (
    <Show of={loaded} what="your runs" screen="Compare">
      {({ jobs }) =>
        jobs.length < 2 ? (
          <Empty
            title="There is nothing to compare yet"
            action={
              <a className="button primary" href="/playground">
                Start a scan
              </a>
            }
          >
            Two runs that are done can be compared: the same site before and after a change.
          </Empty>
        ) : (
          <Pair jobs={jobs} />
        )
      }
    </Show>
  );
}

function Pair({ jobs }: { readonly jobs: readonly JobSummary[] }) {
  const asked = new URLSearchParams(useAddress().split('?')[1]);
  const { a, b } = pairOf(jobs, asked.get('a'), asked.get('b'));
  const go = (pair: { readonly a: string; readonly b: string }) =>
    navigate(`/compare?${new URLSearchParams(pair)}`, 'replace');
  useShortcuts('Compare', [{ keys: 't', label: 'Swap the two runs', command: true, run: () => go({ a: b, b: a }) }]);
  return (
    <div className={styles['compare']}>
      <h1>Compare</h1>
      <div className={styles['pickers']}>
        <RunPicker label="Before" jobs={jobs} chosen={a} choose={(id) => go({ a: id, b })} />
        <button type="button" onClick={() => go({ a: b, b: a })} aria-label="Swap the two runs">
          Swap
        </button>
        <RunPicker label="After" jobs={jobs} chosen={b} choose={(id) => go({ a, b: id })} />
      </div>
      {a === b ? (
        <p className={styles['sentence']}>That is one run twice. Choose another one on either side.</p>
      ) : (
        <Result a={a} b={b} />
      )}
    </div>
  );
}

function Result({ a, b }: { readonly a: string; readonly b: string }) {
  const loaded = useLoaded(`${a} ${b}`, (signal) => call('GET /api/v1/compare', { query: { a, b }, signal }));
  return (
    <Show of={loaded} what="the comparison">
      {(comparison) => <Differences comparison={comparison} />}
    </Show>
  );
}
