import { useId, useState } from 'react';
import type { CallAnswer, Desktop } from '../../../main/ipc/contract.ts';
import { askDesktop } from '../../api/desktop.ts';
import { asProblem } from '../../api/problem.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { useApp } from '../../state/store.ts';
import { Show } from '../../ui/states.tsx';
import styles from './settings.module.css';

type Known = CallAnswer<'servers.read'>;

/** Servers to which the desktop app can move reports. */
export function Servers({ desktop }: { readonly desktop: Desktop }) {
  const loaded = useLoaded('servers', () => askDesktop(desktop, 'servers.read', {}));
  return (
    <section aria-labelledby="servers">
      <h2 id="servers">Servers</h2>
      <p className={styles['quiet']}>
        A report can be moved to a Stageflow server of your team, with its history. The token is kept in this
        system&apos;s vault.
      </p>
      <Show of={loaded} what="the servers">
        {(first) => <List desktop={desktop} first={first} />}
      </Show>
    </section>
  );
}

function List({ desktop, first }: { readonly desktop: Desktop; readonly first: Known }) {
  const [servers, setServers] = useState(first);
  const remove = (name: string) => {
    askDesktop(desktop, 'servers.remove', { name }).then(setServers, (error: unknown) =>
      useApp.getState().notify('failed', asProblem(error).sentence),
    );
  };
  return (
    <>
      <NewServer desktop={desktop} onAdded={setServers} />
      {servers.length > 0 && (
        <ul className={styles['rows']} aria-label="Known servers">
          {servers.map(({ name, url }) => (
            <li key={name}>
              <div>
                <strong>{name}</strong> <span className={styles['quiet']}>{url}</span>
              </div>
              <button type="button" onClick={() => remove(name)} aria-label={`Forget ${name}`}>
                Forget
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function NewServer({ desktop, onAdded }: { readonly desktop: Desktop; readonly onAdded: (all: Known) => void }) {
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [token, setToken] = useState('');
  const id = useId();
  const add = async () => {
    try {
      onAdded(await askDesktop(desktop, 'servers.add', { name: name.trim(), url: url.trim(), token: token.trim() }));
      setName('');
      setUrl('');
      setToken('');
    } catch (error) {
      const { code, sentence } = asProblem(error);
      if (code !== 'cancelled') useApp.getState().notify('failed', sentence);
    }
  };
  return (
    <form
      className={styles['new']}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <label htmlFor={`${id}-name`}>
        Name
        <input
          id={`${id}-name`}
          value={name}
          required
          maxLength={32}
          placeholder="team"
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label htmlFor={`${id}-url`} className={styles['long']}>
        Address
        <input
          id={`${id}-url`}
          value={url}
          required
          maxLength={2000}
          placeholder="https://scan.example.org"
          onChange={(event) => setUrl(event.target.value)}
        />
      </label>
      <label htmlFor={`${id}-token`} className={styles['long']}>
        Token
        <input
          id={`${id}-token`}
          type="password"
          autoComplete="off"
          value={token}
          required
          maxLength={200}
          onChange={(event) => setToken(event.target.value)}
        />
      </label>
      <button type="submit">Add the server</button>
    </form>
  );
}
