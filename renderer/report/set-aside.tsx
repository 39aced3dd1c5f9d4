import type { ReportFinding } from '@stageflow/engine/report-schema';
import { useEffect, useId, useRef, useState } from 'react';
import { useBeside, useModel } from './model.ts';
import styles from './set-aside.module.css';

const DAY_MS = 24 * 3600 * 1000;
/** Days for which a cause may be set aside; '' is for ever. */
const STRETCHES = [
  ['30', 'for 30 days'],
  ['90', 'for 90 days'],
  ['365', 'for a year'],
  ['', 'for ever'],
] as const;

/** The day on which a cause counts again, in words; an instant as text or in milliseconds. */
export function untilWords(until: string | number | null): string {
  if (until === null) return 'for ever';
  const day = new Date(until).toLocaleDateString(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
  return `until ${day}`;
}

/** Asks why a cause is set aside and for how long, and says what came of it. */
export function SetAsideForm({
  finding,
  onDone,
  onClose,
}: {
  readonly finding: ReportFinding;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}) {
  const { decisions } = useBeside();
  const [reason, setReason] = useState('');
  const [days, setDays] = useState('90');
  const [problem, setProblem] = useState('');
  const id = useId();
  const change = decisions?.change;
  const field = useRef<HTMLTextAreaElement>(null);
  // Whoever works with keys goes on from where the form was called, or from the screen's start when that is gone.
  useEffect(() => {
    const before = document.activeElement;
    field.current?.focus();
    return () => {
      const back = before instanceof HTMLElement && before !== document.body ? before : null;
      requestAnimationFrame(() => {
        if (back?.isConnected) back.focus();
        else document.querySelector<HTMLElement>('[data-report-screen]')?.focus({ preventScroll: true });
      });
    };
  }, []);
  if (!change) return null;
  const setAside = async () => {
    try {
      const until = days === '' ? null : Date.now() + Number(days) * DAY_MS;
      await change.setAside(finding.fingerprint, reason.trim(), until);
      onDone('Set aside. It counts in this report, and no more from the next scan on.');
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <form
      className={styles['form']}
      aria-labelledby={`${id}-title`}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        void setAside();
      }}
    >
      <h2 id={`${id}-title`}>Set aside: {finding.title}</h2>
      <label htmlFor={`${id}-reason`}>Reason</label>
      <textarea
        id={`${id}-reason`}
        value={reason}
        rows={2}
        maxLength={1000}
        required
        ref={field}
        onChange={(event) => setReason(event.target.value)}
      />
      <label htmlFor={`${id}-days`}>How long</label>
      <select id={`${id}-days`} value={days} onChange={(event) => setDays(event.target.value)}>
        {STRETCHES.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      {problem !== '' && (
        <p role="alert" className={styles['problem']}>
          {problem}
        </p>
      )}
      <p className={styles['acts']}>
        <button type="submit">Set it aside</button>
        <button type="button" onClick={onClose}>
          Leave it
        </button>
      </p>
    </form>
  );
}

/** Whether people have set a cause aside: when the scan ended, or since. */
export function AsideNote({ finding }: { readonly finding: ReportFinding }) {
  const then = useModel().aside.get(finding.id);
  const now = useBeside().decisions?.of.get(finding.fingerprint);
  if (then === undefined && now === undefined) return null;
  return (
    <div className={styles['note']}>
      {then !== undefined && (
        <p>
          {then.owner} had set it aside {untilWords(then.until)}: {then.reason} It is in no count of this report.
        </p>
      )}
      {now !== undefined && (
        <>
          {then === undefined && (
            <p>
              {now.owner} has set it aside {untilWords(now.until)}: {now.reason} It counts in this report, and no more
              from the next scan on.
            </p>
          )}
          <CountAgain fingerprint={finding.fingerprint} title={finding.title} />
        </>
      )}
    </div>
  );
}

/** Takes the word back, once it was said what that means: the cause counts again from the next scan on. */
export function CountAgain({ fingerprint, title }: { readonly fingerprint: string; readonly title: string }) {
  const change = useBeside().decisions?.change;
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState('');
  if (!change) return null;
  return (
    <>
      {!asking && (
        <button
          type="button"
          aria-label={`Count it again: ${title.slice(0, 200)}`}
          aria-expanded={false}
          onClick={() => setAsking(true)}
        >
          Count it again
        </button>
      )}
      {asking && (
        <span className={styles['question']}>
          From the next scan on it is in all counts and gates again, and the reason is forgotten.{' '}
          <button type="button" autoFocus onClick={() => setAsking(false)}>
            Leave it aside
          </button>{' '}
          <button
            type="button"
            className="danger"
            onClick={() => change.countAgain(fingerprint).catch((error: Error) => setProblem(error.message))}
          >
            Yes, count it
          </button>
        </span>
      )}
      {problem !== '' && (
        <p role="alert" className={styles['problem']}>
          {problem}
        </p>
      )}
    </>
  );
}
