import { desktop } from '../../api/desktop.ts';
import { may } from '../../state/session/select.ts';
import { useApp } from '../../state/store.ts';
import { DesktopSettings } from './desktop-settings.tsx';
import { Tokens } from './tokens.tsx';
import styles from './settings.module.css';

/** What this browser remembers, who is signed in, and what the program is made of. */
export default function Settings() {
  const session = useApp((state) => state.session);
  const isAdmin = useApp(may('admin'));
  const { singleKeys } = useApp((state) => state.preferences);
  const { prefer, signOut } = useApp.getState();
  return (
    <div className={styles['settings']}>
      <h1>Settings</h1>
      {desktop === null ? (
        <section aria-labelledby="account">
          <h2 id="account">Account</h2>
          <p>
            Signed in to <strong>{session?.tenant}</strong>
            {isAdmin ? ' as administrator' : ` and allowed to ${session?.scopes.join(' and ')}`}.
          </p>
          <button type="button" onClick={() => void signOut()}>
            Sign out
          </button>
        </section>
      ) : (
        <DesktopSettings desktop={desktop} />
      )}
      <section aria-labelledby="keyboard">
        <h2 id="keyboard">Keyboard</h2>
        <label className={styles['switch']}>
          <input
            type="checkbox"
            checked={singleKeys}
            onChange={(event) => prefer({ singleKeys: event.target.checked })}
          />
          Shortcuts of a single key are on
        </label>
        <p className={styles['quiet']}>Switch them off if speech input or a screen reader presses them by mistake.</p>
      </section>
      {isAdmin && desktop === null && <Tokens />}
      <section aria-labelledby="about">
        <h2 id="about">About</h2>
        <p>
          <a href="/notices.txt">Licences of the packages and fonts in these screens</a> ·{' '}
          <a href="/api/v1/openapi.json">The HTTP API's document</a>
        </p>
      </section>
    </div>
  );
}
