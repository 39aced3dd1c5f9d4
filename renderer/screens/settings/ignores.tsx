import { call } from '../../api/call.ts';
import type { Ignore } from '../../api/schema.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { may } from '../../state/session/select.ts';
import { useApp } from '../../state/store.ts';
import { AskingButton } from '../../ui/asking-button.tsx';
import { Show } from '../../ui/states.tsx';
import { moment } from '../../ui/time.ts';
import { Row, Rows } from './rows.tsx';
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
    await call('DELETE /api/v1/ignores/{ignore}', { path: { ignore: id } });
    useApp.getState().notify('done', 'It counts again from the next scan on.');
    onChange();
  };
  return (
    <Rows label="Findings set aside">
      {ignores.map((ignore) => (
        <Row
          key={ignore.id}
          name={ignore.reason}
          about={
            <>
              {ignore.owner}, {moment(ignore.createdAt)} ·{' '}
              {ignore.expiresAt === null ? 'for ever' : `until ${moment(ignore.expiresAt)}`} · fingerprint{' '}
              <code>{ignore.fingerprint}</code>
            </>
          }
          {...(mayChange
            ? {
                acts: (
                  <AskingButton
                    word="Count it again"
                    of={ignore.reason.slice(0, 200)}
                    question="Count this finding again?"
                    consequence="From the next scan on it is in the counts and the gates of every site of this team. The reason and its end are forgotten."
                    act={() => countAgain(ignore)}
                  />
                ),
              }
            : {})}
        />
      ))}
    </Rows>
  );
}
