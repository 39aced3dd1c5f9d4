import { useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import type { Webhook } from '../../api/schema.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { useApp } from '../../state/store.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Show } from '../../ui/states.tsx';
import { moment } from '../../ui/time.ts';
import { Deliveries } from './deliveries.tsx';
import { Once } from './once.tsx';
import styles from './settings.module.css';

/** What a webhook may be told, as people choose it. */
const TOLD = {
  all: { title: 'when a run is done or has failed', events: ['jobs.events.completed', 'jobs.events.failed'] },
  done: { title: 'when a run is done', events: ['jobs.events.completed'] },
  failed: { title: 'when a run has failed', events: ['jobs.events.failed'] },
} as const;
type Told = keyof typeof TOLD;

/** Addresses that are told when runs end. For administrators. */
export function Webhooks() {
  const loaded = useLoaded('webhooks', (signal) => call('GET /api/v1/webhooks', { signal }));
  const [secret, setSecret] = useState<string | null>(null);
  const onSecret = (text: string) => {
    setSecret(text);
    loaded.reload();
  };
  return (
    <section aria-labelledby="webhooks">
      <h2 id="webhooks">Webhooks</h2>
      <p className={styles['quiet']}>
        Addresses that are told of runs with a signed message, as Standard Webhooks says; what fails is tried again.
      </p>
      <NewWebhook onMade={onSecret} />
      {secret !== null && (
        <Once
          text={secret}
          says="This signing secret is shown this once. The receiver checks each message with it."
          copies={[['Copy the secret', secret]]}
          onClose={() => setSecret(null)}
        />
      )}
      <Show of={loaded} what="the webhooks">
        {({ webhooks }) => (
          <ul className={styles['rows']} aria-label="Webhooks">
            {webhooks.map((webhook) => (
              <Row key={webhook.id} webhook={webhook} onSecret={onSecret} onChange={loaded.reload} />
            ))}
          </ul>
        )}
      </Show>
    </section>
  );
}

function NewWebhook({ onMade }: { readonly onMade: (secret: string) => void }) {
  const [url, setUrl] = useState('');
  const [told, setTold] = useState<Told>('all');
  const id = useId();
  const make = async () => {
    try {
      const { secret } = await call('POST /api/v1/webhooks', { body: { url: url.trim(), events: TOLD[told].events } });
      setUrl('');
      onMade(secret);
    } catch (error) {
      useApp.getState().notify('failed', asProblem(error).sentence);
    }
  };
  return (
    <form
      className={styles['new']}
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <label htmlFor={`${id}-url`} className={styles['long']}>
        Address
        <input
          id={`${id}-url`}
          type="url"
          value={url}
          required
          maxLength={2000}
          placeholder="https://ci.example.org/hooks/stageflow"
          onChange={(event) => setUrl(event.target.value)}
        />
      </label>
      <label htmlFor={`${id}-told`}>
        Is told
        <select id={`${id}-told`} value={told} onChange={(event) => setTold(event.target.value as Told)}>
          {Object.entries(TOLD).map(([key, { title }]) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="primary">
        Make a webhook
      </button>
    </form>
  );
}

function Row({
  webhook: { id, url, tenant, events, createdAt },
  onSecret,
  onChange,
}: {
  readonly webhook: Webhook;
  readonly onSecret: (secret: string) => void;
  readonly onChange: () => void;
}) {
  const [asking, setAsking] = useState(false);
  const [round, setRound] = useState(0);
  const { notify } = useApp.getState();
  const path = { id };
  const act = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      notify('failed', asProblem(error).sentence);
    }
  };
  const test = () =>
    act(async () => {
      await call('POST /api/v1/webhooks/{id}/test', { path });
      notify('done', 'A test message is on its way.');
      setRound(round + 1);
    });
  const change = () =>
    act(async () => {
      const { secret } = await call('POST /api/v1/webhooks/{id}/secret', { path, body: {} });
      onSecret(secret);
    });
  const remove = () =>
    act(async () => {
      await call('DELETE /api/v1/webhooks/{id}', { path });
      notify('done', 'The webhook is gone.');
      onChange();
    });
  return (
    <li className={styles['tall']}>
      <div>
        <strong>
          <bdi>{url}</bdi>
        </strong>
        <span className={styles['quiet']}>
          {tenant} ·{' '}
          {Object.values(TOLD).find(
            (one) => one.events.length === events.length && one.events.every((event) => events.includes(event)),
          )?.title ?? events.join(', ')}{' '}
          · made {moment(Date.parse(createdAt))}
        </span>
      </div>
      <p className={styles['acts']}>
        <button type="button" aria-label={`Send a test to ${url}`} onClick={() => void test()}>
          Send a test
        </button>
        <button type="button" aria-label={`Change the secret of ${url}`} onClick={() => void change()}>
          Change the secret
        </button>
        <button type="button" aria-label={`Remove ${url}`} onClick={() => setAsking(true)}>
          Remove
        </button>
      </p>
      <Deliveries key={round} webhook={id} url={url} opened={round > 0} />
      {asking && (
        <Confirm title="Remove this webhook?" act="Remove" onAct={remove} onClose={() => setAsking(false)}>
          <bdi>{url}</bdi> is told nothing any more, and the list of what it was told goes too. This cannot be undone.
        </Confirm>
      )}
    </li>
  );
}
