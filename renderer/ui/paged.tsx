import { type ReactNode, useState } from 'react';
import styles from './paged.module.css';

/** Shows a long list a part at a time, so that 20,000 rows never stand in the page at once. `children` renders one part. */
export function Paged<T>({
  items,
  size,
  noun,
  children,
}: {
  readonly items: readonly T[];
  readonly size: number;
  readonly noun: string;
  readonly children: (part: readonly T[]) => ReactNode;
}) {
  const [at, setAt] = useState(0);
  const parts = Math.max(1, Math.ceil(items.length / size));
  const part = Math.min(at, parts - 1);
  const from = part * size;
  return (
    <>
      {children(items.slice(from, from + size))}
      {parts > 1 && (
        <nav className={styles['pager']} aria-label={`Parts of the list of ${noun}`}>
          <button type="button" onClick={() => setAt(part - 1)} disabled={part === 0}>
            Previous
          </button>
          <span aria-live="polite">
            {(from + 1).toLocaleString('en')}–{Math.min(items.length, from + size).toLocaleString('en')} of{' '}
            {items.length.toLocaleString('en')} {noun}
          </span>
          <button type="button" onClick={() => setAt(part + 1)} disabled={part === parts - 1}>
            Next
          </button>
        </nav>
      )}
    </>
  );
}
