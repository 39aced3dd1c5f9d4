import { navigate, useAddress } from '../../app/location.ts';
import { useShortcuts } from '../../app/shortcuts.ts';
import { call } from '../../api/call.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { count } from '../../report/words.ts';
import { Empty, Show } from '../../ui/states.tsx';
import styles from './compare.module.css';
import { Differences } from './differences.tsx';
import { pairOf } from './pair.ts';
import { RunPicker } from './run-picker.tsx';
import { loadNamed, loadNewest, type Run } from './runs.ts';

/** Two runs side by side: what is new, what is fixed, what stayed, and what cannot be compared. */
export default function Compare() {
  const asked = new URLSearchParams(useAddress().split('?')[1]);
  const loaded = useLoaded('done', loadNewest);
  return (
    <Show of={loaded} what="your runs" screen="Compare">
      {({ runs, more }) => <Named newest={runs} more={more} askedA={asked.get('a')} askedB={asked.get('b')} />}
    </Show>
  );
}

interface Asked {
  readonly newest: readonly Run[];
  /** Whether there are runs older than these. */
  readonly more: boolean;
  readonly askedA: string | null;
  readonly askedB: string | null;
}

/** Looks up what the address names and the newest runs do not hold: an older run is compared like any other, and one that is gone is said to be. */
function Named({ newest, more, askedA, askedB }: Asked) {
  const known = new Set(newest.map(({ id }) => id));
  const older = [askedA, askedB].filter((id) => id !== null).filter((id) => !known.has(id));
  const loaded = useLoaded(older.join(' '), (signal) => loadNamed(older, signal));
  return (
    <Show of={loaded} what="your runs" screen="Compare">
      {(named) => {
        const found = [...named.values()].filter((run) => run !== null);
        const runs = [...newest, ...found].toSorted((one, other) => (one.id < other.id ? 1 : -1));
        return runs.length < 2 ? (
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
          <Pair
            runs={runs}
            askedA={askedA}
            askedB={askedB}
            gone={named.size - found.length}
            left={more ? newest.length : null}
          />
        );
      }}
    </Show>
  );
}

function Pair({
  runs,
  askedA,
  askedB,
  gone,
  left,
}: Pick<Asked, 'askedA' | 'askedB'> & {
  readonly runs: readonly Run[];
  /** Runs that the address names and that cannot be compared. */
  readonly gone: number;
  /** How many of the newest can be chosen, where there are older ones. */
  readonly left: number | null;
}) {
  const { a, b } = pairOf(runs, askedA, askedB);
  const go = (pair: { readonly a: string; readonly b: string }) =>
    navigate(`/compare?${new URLSearchParams(pair)}`, 'replace');
  useShortcuts('Compare', [{ keys: 't', label: 'Swap the two runs', command: true, run: () => go({ a: b, b: a }) }]);
  return (
    <div className={styles['compare']}>
      <h1>Compare</h1>
      {gone > 0 && (
        <p className={styles['caution']} role="alert">
          {gone === 1 ? 'A run that this address names is' : 'The runs that this address names are'} not done, or not
          there any more. Another one was chosen instead.
        </p>
      )}
      <div className={styles['pickers']}>
        <RunPicker label="Before" runs={runs} chosen={a} choose={(id) => go({ a: id, b })} />
        <button type="button" onClick={() => go({ a: b, b: a })} aria-label="Swap the two runs">
          Swap
        </button>
        <RunPicker label="After" runs={runs} chosen={b} choose={(id) => go({ a, b: id })} />
      </div>
      {left !== null && (
        <p className={styles['quiet']}>
          These lists hold the newest {count(left, 'run')}. To compare an older one, mark it in <a href="/">Runs</a>.
        </p>
      )}
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
