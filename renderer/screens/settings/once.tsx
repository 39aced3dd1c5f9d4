import { copyText } from '../../state/attempt.ts';
import styles from './settings.module.css';

/** A secret that is shown this once, with ways to take it along. */
export function Once({
  text,
  says,
  copies,
  onClose,
}: {
  readonly text: string;
  readonly says: string;
  /** Words of a button, and what it copies. */
  readonly copies: readonly (readonly [string, string])[];
  readonly onClose: () => void;
}) {
  return (
    <div className={styles['made']} role="status">
      <p>{says}</p>
      <p>
        <code>{text}</code>
      </p>
      <p className={styles['acts']}>
        {copies.map(([words, what]) => (
          <button key={words} type="button" onClick={() => void copyText(what, 'Copied.')}>
            {words}
          </button>
        ))}
        <button type="button" onClick={onClose}>
          I have it
        </button>
      </p>
    </div>
  );
}
