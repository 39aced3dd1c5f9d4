import { type ReactNode, useEffect, useState } from 'react';
import CircleAlert from 'lucide-react/icons/circle-alert';
import { leaveForSignIn } from '../state/session/slice.ts';
import type { Problem } from '../api/problem.ts';
import type { Loaded } from '../api/use-loaded.ts';
import styles from './states.module.css';

const QUIET_MS = 300;

/** Something is on its way. Silent at first, since most of it is there at once. `screen` is the heading where there is nothing else yet. */
export function Loading({ what, screen }: { readonly what: string; readonly screen?: string }) {
  const [quiet, setQuiet] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(false), QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles['loading']}>
      {screen !== undefined && <h1>{screen}</h1>}
      <p role="status">{quiet ? '' : `Loading ${what}…`}</p>
    </div>
  );
}

/** There is nothing to show, which is fine: says what would be here and how it comes about. */
export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <section className={styles['state']}>
      <h1>{title}</h1>
      {children !== undefined && <p>{children}</p>}
      {action !== undefined && <p className={styles['action']}>{action}</p>}
    </section>
  );
}

/** Something failed: the sentence with the next step, a way to try again, and what to name when it is reported. */
export function Failed({ problem, retry }: { readonly problem: Problem; readonly retry?: () => void }) {
  return (
    <section className={styles['state']} role="alert">
      <h1>
        <CircleAlert aria-hidden="true" size={22} />{' '}
        {problem.code === 'offline' ? 'No connection' : 'That did not work'}
      </h1>
      <p>{problem.sentence}</p>
      {problem.code === 'unauthenticated' ? (
        <p className={styles['action']}>
          <button type="button" className="primary" onClick={leaveForSignIn}>
            Sign in
          </button>
        </p>
      ) : null}
      {retry && problem.code !== 'unauthenticated' && (
        <p className={styles['action']}>
          <button type="button" onClick={retry}>
            Try again
          </button>
        </p>
      )}
      {problem.details.requestId !== null && (
        <p className={styles['id']}>
          Request <code>{problem.details.requestId}</code>
        </p>
      )}
    </section>
  );
}

/** Shows what was asked for, or where it is on its way. */
export function Show<T>({
  of,
  what,
  screen,
  children,
}: {
  readonly of: Loaded<T>;
  readonly what: string;
  /** Heading of the screen, where this is all of it. */
  readonly screen?: string;
  readonly children: (value: T) => ReactNode;
}) {
  if (of.status === 'loading') return <Loading what={what} {...(screen === undefined ? {} : { screen })} />;
  if (of.status === 'failed') return <Failed problem={of.problem} retry={of.reload} />;
  return children(of.value);
}
