import { useApp } from '../../state/store.ts';
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
  const copy = async (what: string) => {
    const { notify } = useApp.getState();
    await navigator.clipboard.writeText(what).then(
      () => notify('done', 'Copied.'),
      () => notify('failed', 'The browser does not allow copying here. Select the text and copy it by hand.'),
    );
  };
  return (
    <div className={styles['made']} role="status">
      <p>{says}</p>
      <p>
        <code>{text}</code>
      </p>
      <p className={styles['acts']}>
        {copies.map(([words, what]) => (
          <button key={words} type="button" onClick={() => void copy(what)}>
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
