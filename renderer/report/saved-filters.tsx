import { useId, useState } from 'react';
import styles from './filter-bar.module.css';
import { useBeside } from './model.ts';
import { type Filter, go, hashOf, NO_FILTER, parseRoute } from './route.ts';

const hashOfFilter = (filter: Filter): string =>
  // A page is of one report; what is kept is for all of them.
  hashOf({ screen: 'findings', open: null, filter: { ...filter, page: '' } });
const NOTHING = hashOfFilter(NO_FILTER);

/** Filters that the reader gave a name: one is taken up, the current one is kept, one is dropped. Only where the host remembers them. */
export function SavedFilters({ filter }: { readonly filter: Filter }) {
  const { filters } = useBeside();
  const [name, setName] = useState<string | null>(null);
  const [dropped, setDropped] = useState<{ readonly name: string; readonly hash: string } | null>(null);
  const id = useId();
  if (filters === null) return null;
  const { byName, keep, drop } = filters;
  const now = hashOfFilter(filter);
  const current = Object.keys(byName).find((one) => byName[one] === now);
  return (
    <>
      {Object.keys(byName).length > 0 && (
        <label>
          <span>Saved filters</span>
          <select
            value={current ?? ''}
            onChange={(event) => {
              const hash = byName[event.target.value];
              if (hash !== undefined) go({ ...parseRoute(hash), screen: 'findings', open: null }, true);
            }}
          >
            <option value="">Choose one</option>
            {Object.keys(byName)
              .toSorted()
              .map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
          </select>
        </label>
      )}
      {current !== undefined && (
        <button
          type="button"
          onClick={() => {
            setDropped({ name: current, hash: now });
            drop(current);
          }}
        >
          Forget “{current}”
        </button>
      )}
      {dropped !== null && byName[dropped.name] === undefined && (
        <p role="status" className={styles['dropped']}>
          “{dropped.name}” is forgotten.{' '}
          <button
            type="button"
            onClick={() => {
              keep(dropped.name, dropped.hash);
              setDropped(null);
            }}
          >
            Bring it back
          </button>
        </p>
      )}
      {current === undefined && now !== NOTHING && name === null && (
        <button type="button" onClick={() => setName('')}>
          Save this filter
        </button>
      )}
      {name !== null && (
        <form
          className={styles['naming']}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setName(null);
          }}
          onSubmit={(event) => {
            event.preventDefault();
            keep(name.trim(), now);
            setName(null);
          }}
        >
          <label htmlFor={id}>
            <span>Name of the filter</span>
            <input
              id={id}
              value={name}
              required
              pattern=".*\S.*"
              maxLength={60}
              autoFocus
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <button type="submit">Save</button>
        </form>
      )}
    </>
  );
}
