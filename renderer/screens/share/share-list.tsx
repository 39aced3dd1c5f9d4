import { useRef } from 'react';
import { call } from '../../api/call.ts';
import type { Share } from '../../api/schema.ts';
import { useApp } from '../../state/store.ts';
import { moment } from '../../ui/time.ts';
import { AskingButton } from '../../ui/asking-button.tsx';
import styles from './share.module.css';

/** The links that open this report now, each to be taken back. */
export function ShareList({ shares, onChange }: { readonly shares: readonly Share[]; readonly onChange: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  const open = shares.filter(({ state }) => state === 'live' || state === 'paused');
  const revoke = async (id: string) => {
    await call('DELETE /api/v1/shares/{id}', { path: { id } });
    // The button that was pressed goes with its link; without a place of its own the focus would be nowhere, and Escape would close nothing.
    place.current?.focus();
    useApp.getState().notify('done', 'The link opens nothing any more.');
    onChange();
  };
  return (
    <div ref={place} tabIndex={-1}>
      {open.length === 0 ? (
        <p className={styles['quiet']}>No link opens this report now.</p>
      ) : (
        <section aria-labelledby="open-links">
          <h3 id="open-links">Links that open it now</h3>
          <ul className={styles['links']}>
            {open.map(({ id, label, state, createdAt, expiresAt }) => (
              <li key={id}>
                <span>
                  {label ?? `Made ${moment(Date.parse(createdAt))}`}
                  <span className={styles['quiet']}>
                    {state === 'paused' ? ', paused' : ''}, ends {moment(Date.parse(expiresAt))}
                  </span>
                </span>
                <AskingButton
                  word="Take it back"
                  of={label ?? `the link made ${moment(Date.parse(createdAt))}`}
                  question="Take this link back?"
                  consequence="Whoever has it sees nothing any more, from now on. The same link cannot be given again; another one can be made."
                  act={() => revoke(id)}
                  look="danger"
                />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
