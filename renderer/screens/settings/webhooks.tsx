import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { Webhook } from '../../api/schema.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { attempt } from '../../state/attempt.ts';
import { useApp } from '../../state/store.ts';
import { AskingButton } from '../../ui/asking-button.tsx';
import { Show } from '../../ui/states.tsx';
import { moment } from '../../ui/time.ts';
import { Deliveries } from './deliveries.tsx';
import { Choice, NewForm, TextInput } from './new-form.tsx';
import { Once } from './once.tsx';
import { Row, Rows } from './rows.tsx';
import styles from './settings.module.css';

/** What a webhook may be told, as people choose it. */
const TOLD = {
  all: 'when a run is done or has failed',
  done: 'when a run is done',
  failed: 'when a run has failed',
} as const;
type Told = keyof typeof TOLD;
const EVENTS = {
  all: ['jobs.events.completed', 'jobs.events.failed'],
  done: ['jobs.events.completed'],
  failed: ['jobs.events.failed'],
} as const satisfies Record<Told, readonly string[]>;

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
          <Rows label="Webhooks">
            {webhooks.map((webhook) => (
              <WebhookRow key={webhook.id} webhook={webhook} onSecret={onSecret} onChange={loaded.reload} />
            ))}
          </Rows>
        )}
      </Show>
    </section>
  );
}

/** What changing a secret comes to. */
const CHANGED =
  'Messages are signed with the new secret and, for a day, with the old one too. The receiver has to learn the new one by then.';

/** What a webhook is told, in words. */
function toldWords(events: readonly string[]): string {
  const told = (Object.keys(TOLD) as Told[]).find(
    (one) => EVENTS[one].length === events.length && EVENTS[one].every((event) => events.includes(event)),
  );
  return told === undefined ? events.join(', ') : TOLD[told];
}

function NewWebhook({ onMade }: { readonly onMade: (secret: string) => void }) {
  const [url, setUrl] = useState('');
  const [told, setTold] = useState<Told>('all');
  const make = async () => {
    const { secret } = await call('POST /api/v1/webhooks', { body: { url: url.trim(), events: EVENTS[told] } });
    setUrl('');
    onMade(secret);
  };
  return (
    <NewForm word="Make a webhook" make={make}>
      <TextInput
        label="Address"
        long
        value={url}
        set={setUrl}
        type="url"
        required
        maxLength={2000}
        placeholder="https://ci.example.org/hooks/stageflow"
      />
      <Choice label="Is told" value={told} set={setTold} options={TOLD} />
    </NewForm>
  );
}

function WebhookRow({
  webhook: { id, url, tenant, events, createdAt },
  onSecret,
  onChange,
}: {
  readonly webhook: Webhook;
  readonly onSecret: (secret: string) => void;
  readonly onChange: () => void;
}) {
  const [round, setRound] = useState(0);
  const { notify } = useApp.getState();
  const path = { id };
  const test = async () => {
    await call('POST /api/v1/webhooks/{id}/test', { path });
    notify('done', 'A test message is on its way.');
    setRound(round + 1);
  };
  const change = async () => {
    const { secret } = await call('POST /api/v1/webhooks/{id}/secret', { path, body: {} });
    onSecret(secret);
  };
  const remove = async () => {
    await call('DELETE /api/v1/webhooks/{id}', { path });
    notify('done', 'The webhook is gone.');
    onChange();
  };
  return (
    <Row
      name={url}
      about={`${tenant} · ${toldWords(events)} · made ${moment(Date.parse(createdAt))}`}
      acts={
        <>
          <button type="button" aria-label={`Send a test to ${url}`} onClick={() => void attempt(test)}>
            Send a test
          </button>
          <AskingButton
            word="Change the secret"
            of={`of ${url}`}
            question="Change the secret of this webhook?"
            consequence={CHANGED}
            act={change}
          />
          <AskingButton
            word="Remove"
            of={url}
            question="Remove this webhook?"
            consequence={
              <>
                <bdi>{url}</bdi> is told nothing any more, and the list of what it was told goes too. This cannot be
                undone.
              </>
            }
            act={remove}
          />
        </>
      }
    >
      <Deliveries key={round} webhook={id} url={url} opened={round > 0} />
    </Row>
  );
}
