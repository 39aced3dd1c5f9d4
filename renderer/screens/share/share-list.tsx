import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import type { Share } from '../../api/schema.ts';
import { useApp } from '../../state/store.ts';
import { moment } from '../../ui/time.ts';
import styles from './share.module.css';

/** The links that open this report now, each to be taken back. */
export function ShareList({ shares, onChange }: { readonly shares: readonly Share[]; readonly onChange: () => void }) {
  const open = shares.filter(({ state }) => state === 'live' || state === 'paused');
  if (open.length === 0) return <p className={styles['quiet']}>No link opens this report now.</p>;
  const revoke = async (id: string) => {
    const { notify } = useApp.getState();
    try {
      await call('DELETE /api/v1/shares/{id}', { path: { id } });
      notify('done', 'The link opens nothing any more.');
      onChange();
    } catch (error) {
      notify('failed', asProblem(error).sentence);
    }
  };
  return (
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
            <button type="button" className="danger" onClick={() => void revoke(id)}>
              Take it back
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
