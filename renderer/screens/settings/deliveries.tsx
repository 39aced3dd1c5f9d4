import { useState } from 'react';
import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import type { WebhookDelivery } from '../../api/schema.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { useApp } from '../../state/store.ts';
import { Show } from '../../ui/states.tsx';
import { moment } from '../../ui/time.ts';
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
  const again = async ({ id }: WebhookDelivery) => {
    const { notify } = useApp.getState();
    try {
      await call('POST /api/v1/webhooks/{id}/deliveries/{delivery}/redeliver', {
        path: { id: webhook, delivery: id },
      });
      notify('done', 'The message is sent again.');
      loaded.reload();
    } catch (error) {
      notify('failed', asProblem(error).sentence);
    }
  };
  return (
    <Show of={loaded} what="the messages">
      {({ deliveries }) => (
        <>
          <p className={styles['acts']}>
            <button type="button" onClick={loaded.reload}>
              Look again
            </button>
          </p>
          {deliveries.length === 0 ? (
            <p className={styles['quiet']}>Nothing yet.</p>
          ) : (
            <ul className={styles['rows']} aria-label="Messages">
              {deliveries.slice(0, SHOWN).map((delivery) => (
                <li key={delivery.id}>
                  <div>
                    {delivery.event}: {delivery.state}
                    <span className={styles['quiet']}>
                      {moment(Date.parse(delivery.createdAt))} · {wordsOf(delivery)}
                    </span>
                  </div>
                  {delivery.state !== 'waiting' && (
                    <button
                      type="button"
                      aria-label={`Send again: ${delivery.event} of ${moment(Date.parse(delivery.createdAt))}`}
                      onClick={() => void again(delivery)}
                    >
                      Send again
                    </button>
                  )}
                </li>
              ))}
            </ul>
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
