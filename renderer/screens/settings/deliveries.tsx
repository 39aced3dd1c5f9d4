import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { WebhookDelivery } from '../../api/schema.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { attempt } from '../../state/attempt.ts';
import { useApp } from '../../state/store.ts';
import { AgainButton, Show } from '../../ui/states.tsx';
import { moment } from '../../ui/time.ts';
import { Row, Rows } from './rows.tsx';
import styles from './settings.module.css';

/** Messages shown; the API gives the older ones. */
const SHOWN = 10;

/** What a webhook was told, and how it went; asked for when somebody looks. */
export function Deliveries({
  webhook,
  url,
  opened,
}: {
  readonly webhook: string;
  readonly url: string;
  readonly opened: boolean;
}) {
  const [open, setOpen] = useState(opened);
  return (
    <details className={styles['more']} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        What it was told<span className="hidden-text">: {url}</span>
      </summary>
      {open && <List webhook={webhook} />}
    </details>
  );
}

function List({ webhook }: { readonly webhook: string }) {
  const loaded = useLoaded(webhook, (signal) =>
    call('GET /api/v1/webhooks/{id}/deliveries', { path: { id: webhook }, signal }),
  );
  const again = ({ id }: WebhookDelivery) =>
    attempt(async () => {
      await call('POST /api/v1/webhooks/{id}/deliveries/{delivery}/redeliver', {
        path: { id: webhook, delivery: id },
      });
      useApp.getState().notify('done', 'The message is sent again.');
      loaded.reload();
    });
  return (
    <Show of={loaded} what="the messages">
      {({ deliveries }) => (
        <>
          <p className={styles['acts']}>
            <AgainButton word="Look again" again={loaded.again} act={loaded.reload} />
          </p>
          {deliveries.length === 0 ? (
            <p className={styles['quiet']}>Nothing yet.</p>
          ) : (
            <Rows label="Messages">
              {deliveries.slice(0, SHOWN).map((delivery) => {
                const made = moment(Date.parse(delivery.createdAt));
                return (
                  <Row
                    key={delivery.id}
                    name={`${delivery.event}: ${delivery.state}`}
                    about={`${made} · ${wordsOf(delivery)}`}
                    {...(delivery.state === 'waiting'
                      ? {}
                      : {
                          acts: (
                            <button
                              type="button"
                              aria-label={`Send again: ${delivery.event} of ${made}`}
                              onClick={() => void again(delivery)}
                            >
                              Send again
                            </button>
                          ),
                        })}
                  />
                );
              })}
            </Rows>
          )}
        </>
      )}
    </Show>
  );
}

/** How the tries went. */
function wordsOf({ attempts, status, reason }: WebhookDelivery): string {
  const tries = attempts === 1 ? '1 try' : `${attempts} tries`;
  return [tries, status === null ? null : `answered ${status}`, reason].filter((part) => part !== null).join(', ');
}
