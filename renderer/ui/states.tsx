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
    <div className={screen === undefined ? styles['waiting'] : styles['loading']}>
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

/** Asks again for what is shown, and says that it is under way: an answer that is the same would else look as if nothing had happened. */
export function AgainButton({
  word,
  again,
  act,
}: {
  readonly word: string;
  readonly again: boolean;
  readonly act: () => void;
}) {
  // Not disabled while it works: that would take the focus away.
  return (
    <button type="button" aria-disabled={again} onClick={() => (again ? undefined : act())}>
      {again ? <span role="status">{word}: asking…</span> : word}
    </button>
  );
}

/** Something failed: the sentence with the next step, a way to try again, and what to name when it is reported. */
export function Failed({
  problem,
  retry,
  again = false,
  part = false,
}: {
  readonly problem: Problem;
  readonly retry?: () => void;
  /** It is being tried again. */
  readonly again?: boolean;
  /** It is a part of a screen that has its own heading. */
  readonly part?: boolean;
}) {
  const Title = part ? 'p' : 'h1';
  return (
    <section className={part ? styles['part'] : styles['state']} role="alert">
      <Title className={styles['title']}>
        <CircleAlert aria-hidden="true" size={part ? 16 : 22} />{' '}
        {problem.code === 'offline' ? 'No connection' : 'That did not work'}
      </Title>
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
          <AgainButton word="Try again" again={again} act={retry} />
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
  if (of.status === 'failed')
    return <Failed problem={of.problem} retry={of.reload} again={of.again} part={screen === undefined} />;
  return children(of.value);
}
