import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import type { Ignore } from '../../api/schema.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { may } from '../../state/session/select.ts';
import { useApp } from '../../state/store.ts';
import { Show } from '../../ui/states.tsx';
import { moment } from '../../ui/time.ts';
import styles from './settings.module.css';

/** Findings that this team has set aside, whatever site they are of. */
export function Ignores() {
  const loaded = useLoaded('ignores', (signal) => call('GET /api/v1/ignores', { signal }));
  return (
    <section aria-labelledby="ignores">
      <h2 id="ignores">Findings set aside</h2>
      <p className={styles['quiet']}>
        Found all the same, but counted nowhere. A finding’s own screen in a report sets it aside.
      </p>
      <Show of={loaded} what="what is set aside">
        {({ ignores }) =>
          ignores.length === 0 ? <p>None is.</p> : <IgnoreList ignores={ignores} onChange={loaded.reload} />
        }
      </Show>
    </section>
  );
}

function IgnoreList({ ignores, onChange }: { readonly ignores: readonly Ignore[]; readonly onChange: () => void }) {
  const mayChange = useApp(may('submit'));
  const countAgain = async ({ id }: Ignore) => {
    const { notify } = useApp.getState();
    try {
      await call('DELETE /api/v1/ignores/{ignore}', { path: { ignore: id } });
      notify('done', 'It counts again from the next scan on.');
      onChange();
    } catch (error) {
      notify('failed', asProblem(error).sentence);
    }
  };
  return (
    <ul className={styles['rows']} aria-label="Findings set aside">
      {ignores.map((ignore) => (
        <li key={ignore.id}>
          <div>
            <strong>
              <bdi>{ignore.reason}</bdi>
            </strong>
            <span className={styles['quiet']}>
              {ignore.owner}, {moment(ignore.createdAt)} ·{' '}
              {ignore.expiresAt === null ? 'for ever' : `until ${moment(ignore.expiresAt)}`} · fingerprint{' '}
              <code>{ignore.fingerprint}</code>
            </span>
          </div>
          {mayChange && (
            <button
              type="button"
              aria-label={`Count it again: ${ignore.reason.slice(0, 200)}`}
              onClick={() => void countAgain(ignore)}
            >
              Count it again
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
