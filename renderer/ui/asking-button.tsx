import { type ReactNode, useState } from 'react';
import { attempt } from '../state/attempt.ts';
import { Confirm } from './confirm.tsx';

/** A button for what cannot be undone: it asks first, and says what will be so afterwards. */
export function AskingButton({
  word,
  of,
  question,
  consequence,
  act,
  look,
}: {
  /** On the button, and on the one that then does it. */
  readonly word: string;
  /** What it is done to, for whoever hears the button without its row. */
  readonly of: string;
  readonly question: string;
  readonly consequence: ReactNode;
  readonly act: () => Promise<void>;
  readonly look?: 'danger';
}) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button
        type="button"
        className={look}
        aria-label={`${word} ${of}`}
        aria-haspopup="dialog"
        onClick={() => setAsking(true)}
      >
        {word}
      </button>
      {asking && (
        <Confirm title={question} act={word} onAct={() => attempt(act)} onClose={() => setAsking(false)}>
          {consequence}
        </Confirm>
      )}
    </>
  );
}
