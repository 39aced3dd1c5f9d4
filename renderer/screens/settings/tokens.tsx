import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { Token } from '../../api/schema.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { useApp } from '../../state/store.ts';
import { AskingButton } from '../../ui/asking-button.tsx';
import { Show } from '../../ui/states.tsx';
import { moment } from '../../ui/time.ts';
import { Choice, NewForm, TextInput } from './new-form.tsx';
import { Once } from './once.tsx';
import { Row, Rows } from './rows.tsx';
import styles from './settings.module.css';

const DAY_MS = 24 * 3600 * 1000;

/** What a token may do, as people choose it. */
const RIGHTS = { scan: 'Start scans and read them', read: 'Read only', admin: 'Everything, of everybody' } as const;
type Right = keyof typeof RIGHTS;
const SCOPES = { scan: ['submit', 'read'], read: ['read'], admin: ['admin'] } as const satisfies Record<
  Right,
  readonly string[]
>;

/** How long a token lets in, in days. */
const STRETCHES = { '7': 'in 7 days', '90': 'in 90 days', '365': 'in a year', never: 'never' } as const;
type Stretch = keyof typeof STRETCHES;

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
  const [days, setDays] = useState<Stretch>('90');
  const make = async () => {
    const { text } = await call('POST /api/v1/tokens', {
      body: {
        name: name.trim(),
        scopes: SCOPES[right],
        ...(team.trim() === '' ? {} : { tenant: team.trim() }),
        ...(days === 'never' ? {} : { expiresAt: new Date(Date.now() + Number(days) * DAY_MS).toISOString() }),
      },
    });
    setName('');
    onMade(text);
  };
  return (
    <NewForm word="Make a token" make={make}>
      <TextInput label="Name" value={name} set={setName} required maxLength={100} />
      <TextInput label="Team" value={team} set={setTeam} placeholder="your own" maxLength={60} />
      <Choice label="May" value={right} set={setRight} options={RIGHTS} />
      <Choice label="Ends" value={days} set={setDays} options={STRETCHES} />
    </NewForm>
  );
}

function TokenList({ tokens, onChange }: { readonly tokens: readonly Token[]; readonly onChange: () => void }) {
  const revoke = async ({ id, name }: Token) => {
    await call('DELETE /api/v1/tokens/{id}', { path: { id } });
    useApp.getState().notify('done', `${name} lets nobody in any more.`);
    onChange();
  };
  return (
    <Rows label="Tokens">
      {tokens
        .filter(({ live }) => live)
        .map((token) => (
          <Row
            key={token.id}
            name={token.name}
            about={`${token.tenant} · ${token.scopes.join(', ')} · made ${moment(Date.parse(token.createdAt))} · ${
              token.expiresAt === null ? 'never ends' : `ends ${moment(Date.parse(token.expiresAt))}`
            }`}
            acts={
              <AskingButton
                word="Revoke"
                of={token.name}
                question={`Revoke ${token.name}?`}
                consequence="Whoever signed in with it is signed out, and scripts that send it are refused. This cannot be undone."
                act={() => revoke(token)}
              />
            }
          />
        ))}
    </Rows>
  );
}
