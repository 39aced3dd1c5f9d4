import { useRef, useState } from 'react';
import { keysAreOn, switchKeys, useKeys } from './keys.ts';
import styles from './key-help.module.css';

/** The list of single keys, opened by a button or `?`, with the switch that turns them off for people whose software types by itself. */
export function KeyHelp({ keys }: { readonly keys: readonly (readonly [string, string])[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [on, setOn] = useState(keysAreOn());
  useKeys({ '?': () => dialog.current?.showModal() });
  return (
    <>
      <button type="button" className={styles['open']} onClick={() => dialog.current?.showModal()}>
        Keys
      </button>
      <dialog ref={dialog} className={styles['dialog']} aria-labelledby="key-help">
        <h2 id="key-help">Keys</h2>
        <dl className={styles['keys']}>
          {keys.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <label className={styles['switch']}>
          <input
            type="checkbox"
            checked={on}
            onChange={(event) => {
              switchKeys(event.target.checked);
              setOn(event.target.checked);
            }}
          />{' '}
          Single keys are on
        </label>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </dialog>
    </>
  );
}
