import { useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import type { Token } from '../../api/schema.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { useApp } from '../../state/store.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Show } from '../../ui/states.tsx';
import { moment } from '../../ui/time.ts';
import { Once } from './once.tsx';
import styles from './settings.module.css';

const DAY_MS = 24 * 3600 * 1000;

/** What a token may do, as people choose it. */
const RIGHTS = {
  scan: { title: 'Start scans and read them', scopes: ['submit', 'read'] },
  read: { title: 'Read only', scopes: ['read'] },
  admin: { title: 'Everything, of everybody', scopes: ['admin'] },
} as const;
type Right = keyof typeof RIGHTS;

/** Tokens of this server: who may sign in and what they may do. For administrators. */
export function Tokens() {
  const loaded = useLoaded('tokens', (signal) => call('GET /api/v1/tokens', { signal }));
  const [made, setMade] = useState<string | null>(null);
  return (
    <section aria-labelledby="tokens">
      <h2 id="tokens">Access tokens</h2>
      <p className={styles['quiet']}>
        People sign in with one; scripts and command lines send one with each request. A team sees its own runs alone.
      </p>
      <NewToken
        onMade={(text) => {
          setMade(text);
          loaded.reload();
        }}
      />
      {made !== null && (
        <Once
          text={made}
          says="This token is shown this once. Give it to its owner; whoever has it is let in."
          copies={[
            ['Copy the token', made],
            ['Copy a link to sign in', `${location.origin}/signin#${made}`],
          ]}
          onClose={() => setMade(null)}
        />
      )}
      <Show of={loaded} what="the tokens">
        {({ tokens }) => <TokenList tokens={tokens} onChange={loaded.reload} />}
      </Show>
    </section>
  );
}

function NewToken({ onMade }: { readonly onMade: (text: string) => void }) {
  const [name, setName] = useState('');
  const [team, setTeam] = useState('');
  const [right, setRight] = useState<Right>('scan');
  const [days, setDays] = useState('90');
  const id = useId();
  const make = async () => {
    const { notify } = useApp.getState();
    try {
      const { text } = await call('POST /api/v1/tokens', {
        body: {
          name: name.trim(),
          scopes: RIGHTS[right].scopes,
          ...(team.trim() === '' ? {} : { tenant: team.trim() }),
          ...(days === '' ? {} : { expiresAt: new Date(Date.now() + Number(days) * DAY_MS).toISOString() }),
        },
      });
      setName('');
      onMade(text);
    } catch (error) {
      notify('failed', asProblem(error).sentence);
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
      <label htmlFor={`${id}-name`}>
        Name
        <input
          id={`${id}-name`}
          value={name}
          required
          maxLength={100}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label htmlFor={`${id}-team`}>
        Team
        <input
          id={`${id}-team`}
          value={team}
          placeholder="your own"
          maxLength={60}
          onChange={(event) => setTeam(event.target.value)}
        />
      </label>
      <label htmlFor={`${id}-right`}>
        May
        <select id={`${id}-right`} value={right} onChange={(event) => setRight(event.target.value as Right)}>
          {Object.entries(RIGHTS).map(([key, { title }]) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label htmlFor={`${id}-days`}>
        Ends
        <select id={`${id}-days`} value={days} onChange={(event) => setDays(event.target.value)}>
          <option value="7">in 7 days</option>
          <option value="90">in 90 days</option>
          <option value="365">in a year</option>
          <option value="">never</option>
        </select>
      </label>
      <button type="submit" className="primary">
        Make a token
      </button>
    </form>
  );
}

function TokenList({ tokens, onChange }: { readonly tokens: readonly Token[]; readonly onChange: () => void }) {
  const [asking, setAsking] = useState<Token | null>(null);
  const live = tokens.filter((token) => token.live);
  const revoke = async ({ id, name }: Token) => {
    const { notify } = useApp.getState();
    try {
      await call('DELETE /api/v1/tokens/{id}', { path: { id } });
      notify('done', `${name} lets nobody in any more.`);
      onChange();
    } catch (error) {
      notify('failed', asProblem(error).sentence);
    }
  };
  return (
    <>
      <ul className={styles['rows']} aria-label="Tokens">
        {live.map((token) => (
          <li key={token.id}>
            <div>
              <strong>{token.name}</strong>
              <span className={styles['quiet']}>
                {token.tenant} · {token.scopes.join(', ')} · made {moment(Date.parse(token.createdAt))} ·{' '}
                {token.expiresAt === null ? 'never ends' : `ends ${moment(Date.parse(token.expiresAt))}`}
              </span>
            </div>
            <button type="button" onClick={() => setAsking(token)} aria-label={`Revoke ${token.name}`}>
              Revoke
            </button>
          </li>
        ))}
      </ul>
      {asking !== null && (
        <Confirm
          title={`Revoke ${asking.name}?`}
          act="Revoke"
          onAct={() => revoke(asking)}
          onClose={() => setAsking(null)}
        >
          Whoever signed in with it is signed out, and scripts that send it are refused. This cannot be undone.
        </Confirm>
      )}
    </>
  );
}
