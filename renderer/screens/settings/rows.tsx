import type { ReactNode } from 'react';
import styles from './settings.module.css';

/** A list of things that the settings know, each with what can be done with it. */
export function Rows({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <ul className={styles['rows']} aria-label={label}>
      {children}
    </ul>
  );
}

/** One of them: its name, a quiet line about it, its acts at the right, and what belongs to it below. */
export function Row({
  name,
  about,
  acts,
  children,
}: {
  readonly name: ReactNode;
  readonly about: ReactNode;
  readonly acts?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <li className={children === undefined ? undefined : styles['tall']}>
      <div>
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <span className={styles['quiet']}>{about}</span>
      </div>
      {acts !== undefined && <p className={styles['acts']}>{acts}</p>}
      {children}
    </li>
  );
}
