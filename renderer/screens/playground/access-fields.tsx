import { useRef } from 'react';
import { useApp } from '../../state/store.ts';
import { count } from '../../report/words.ts';
import styles from './choices.module.css';
import { Field, TextField } from './field.tsx';
import { readStorageState } from './storage-state.ts';

/** Most bytes of a storage state that are read: more is no sign-in, but somebody's data. */
const MOST_STATE = 2 * 2 ** 20;

/** How the scan signs in. What is given leaves the window with the request that starts the scan, and no screen shows it again. */
export function AccessFields() {
  const draft = useApp((state) => state.draft);
  const change = useApp((state) => state.changeDraft);
  return (
    <>
      <TextField label="User name" hint="For sites that ask for one with a browser's own dialog." name="user" />
      <TextField label="Password" hint="Kept apart from the job, and gone when it ends." name="password" secret />
      <Field label="Headers" hint="One a line, as Name: value. Sent to the scanned site alone.">
        {(id, hint) => (
          <textarea
            id={id}
            aria-describedby={hint}
            rows={3}
            value={draft.headers}
            spellCheck={false}
            onChange={(event) => change({ headers: event.target.value })}
          />
        )}
      </Field>
      <Field label="Cookies" hint="One a line, as name=value. For the scanned site alone.">
        {(id, hint) => (
          <textarea
            id={id}
            aria-describedby={hint}
            rows={3}
            value={draft.cookies}
            spellCheck={false}
            onChange={(event) => change({ cookies: event.target.value })}
          />
        )}
      </Field>
      <StorageState />
    </>
  );
}

/** A browser's state as Playwright saves it: the way in where signing in takes a form. */
function StorageState() {
  const state = useApp((app) => app.draft.storageState);
  const { changeDraft, notify } = useApp.getState();
  const chooser = useRef<HTMLInputElement>(null);
  const take = async (file: File) => {
    const read = file.size > MOST_STATE ? null : readStorageState(await file.text());
    if (read === null) {
      notify('failed', `${file.name} is not what Playwright's storageState saves.`);
      return;
    }
    changeDraft({ storageState: { name: file.name, ...read } });
  };
  return (
    <div className={styles['field']} role="group" aria-labelledby="state-name" aria-describedby="state-hint">
      <p id="state-name" className={styles['name']}>
        Storage state
      </p>
      {state !== null && (
        <p>
          <bdi>{state.name}</bdi>: {count(state.cookies, 'cookie')} and local storage of{' '}
          {count(state.origins, 'origin')}
        </p>
      )}
      <p className={styles['acts']}>
        <button type="button" onClick={() => chooser.current?.click()}>
          {state === null ? 'Choose a storage state' : 'Choose another storage state'}
        </button>
        {state !== null && (
          <button type="button" onClick={() => changeDraft({ storageState: null })}>
            Remove the storage state
          </button>
        )}
      </p>
      <p id="state-hint" className={styles['hint']}>
        For sites with a sign-in form: what Playwright saves as storageState once you are signed in.
      </p>
      <input
        ref={chooser}
        hidden
        type="file"
        accept=".json,application/json"
        aria-label="File of a storage state"
        onChange={({ target }) => {
          const [chosen] = target.files ?? [];
          if (chosen) void take(chosen);
          target.value = '';
        }}
      />
    </div>
  );
}
