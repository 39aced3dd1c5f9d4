import { useState } from 'react';
import type { CallAnswer, Desktop } from '../../../main/ipc/contract.ts';
import { askDesktop } from '../../api/desktop.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { AskingButton } from '../../ui/asking-button.tsx';
import { Show } from '../../ui/states.tsx';
import { NewForm, TextInput } from './new-form.tsx';
import { Row, Rows } from './rows.tsx';
import styles from './settings.module.css';

type Known = CallAnswer<'servers.read'>;

/** Servers to which the desktop app can move reports. */
export function Servers({ desktop }: { readonly desktop: Desktop }) {
  const loaded = useLoaded('servers', () => askDesktop(desktop, 'servers.read', {}));
  return (
    <section aria-labelledby="servers">
      <h2 id="servers">Servers</h2>
      <p className={styles['quiet']}>
        A scan can run on a Stageflow server of your team, and a report can be moved there with its history. The token
        is kept in this system&apos;s vault.
      </p>
      <Show of={loaded} what="the servers">
        {(first) => <List desktop={desktop} first={first} />}
      </Show>
    </section>
  );
}

function List({ desktop, first }: { readonly desktop: Desktop; readonly first: Known }) {
  const [servers, setServers] = useState(first);
  return (
    <>
      <NewServer desktop={desktop} onAdded={setServers} />
      {servers.length > 0 && (
        <Rows label="Known servers">
          {servers.map(({ name, url }) => (
            <Row
              key={name}
              name={name}
              about={url}
              acts={
                <>
                  <a className="button" href={`/on/${name}/`} target="_self">
                    Open {name}
                  </a>
                  <AskingButton
                    word="Forget"
                    of={name}
                    question={`Forget ${name}?`}
                    consequence="Its token is taken out of the system's vault. Reports that were sent there stay there; to send more, it has to be added again with a token."
                    act={async () => setServers(await askDesktop(desktop, 'servers.remove', { name }))}
                  />
                </>
              }
            />
          ))}
        </Rows>
      )}
    </>
  );
}

function NewServer({ desktop, onAdded }: { readonly desktop: Desktop; readonly onAdded: (all: Known) => void }) {
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [token, setToken] = useState('');
  const add = async () => {
    onAdded(await askDesktop(desktop, 'servers.add', { name: name.trim(), url: url.trim(), token: token.trim() }));
    setName('');
    setUrl('');
    setToken('');
  };
  return (
    <NewForm word="Add the server" make={add}>
      <TextInput label="Name" value={name} set={setName} required maxLength={32} placeholder="team" />
      <TextInput
        label="Address"
        long
        value={url}
        set={setUrl}
        required
        maxLength={2000}
        placeholder="https://scan.example.org"
      />
      <TextInput
        label="Token"
        long
        value={token}
        set={setToken}
        required
        maxLength={200}
        type="password"
        autoComplete="off"
      />
    </NewForm>
  );
}
