import { desktop } from '../../api/desktop.ts';
import { may } from '../../state/session/select.ts';
import { THEMES } from '../../state/preferences/slice.ts';
import { useApp } from '../../state/store.ts';
import { DesktopSettings } from './desktop-settings.tsx';
import { Ignores } from './ignores.tsx';
import { ObjectStore } from './object-store.tsx';
import { Servers } from './servers.tsx';
import styles from './settings.module.css';
import { Tokens } from './tokens.tsx';
import { Webhooks } from './webhooks.tsx';

const THEME_WORDS = { system: 'As the system says', light: 'Light', dark: 'Dark' } as const;

/** What this browser remembers, who is signed in, and what the program is made of. */
export default function Settings() {
  const session = useApp((state) => state.session);
  const isAdmin = useApp(may('admin'));
  const { singleKeys, theme } = useApp((state) => state.preferences);
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
        <>
          <DesktopSettings desktop={desktop} />
          <Servers desktop={desktop} />
          <ObjectStore desktop={desktop} />
        </>
      )}
      <section aria-labelledby="theme">
        <h2 id="theme">Theme</h2>
        <fieldset className={styles['choice']} aria-labelledby="theme">
          {THEMES.map((one) => (
            <label key={one} className={styles['switch']}>
              <input type="radio" name="theme" checked={theme === one} onChange={() => prefer({ theme: one })} />
              {THEME_WORDS[one]}
            </label>
          ))}
        </fieldset>
      </section>
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
      <Ignores />
      {isAdmin && desktop === null && <Tokens />}
      {isAdmin && desktop === null && <Webhooks />}
      {desktop === null && (
        <section aria-labelledby="remotes">
          <h2 id="remotes">Other servers</h2>
          <p>
            This window works with the server that it came from; the command line works with others, which{' '}
            <code>./stageflow remote add</code> names and <code>--remote</code> chooses.
          </p>
        </section>
      )}
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
