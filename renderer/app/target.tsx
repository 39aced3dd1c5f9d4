import { useApp } from '../state/store.ts';
import styles from './target.module.css';

/** What the screen is about: the site of the job that is watched. */
export function Target() {
  const name = useApp(({ watched }) => watched?.view?.spec.label ?? watched?.view?.spec.source ?? null);
  return (
    <p className={styles['target']} title={name ?? undefined}>
      <bdi>{name}</bdi>
    </p>
  );
}
