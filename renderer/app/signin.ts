import './signin.css';
import { showTheme, storedPreferences } from '../state/preferences/slice.ts';
import { returnPath } from './return-path.ts';

showTheme(storedPreferences().theme);

const form = document.querySelector('form');
const field = document.querySelector<HTMLInputElement>('#token');
const word = document.querySelector('[role=status]');

const say = (text: string) => {
  if (word) word.textContent = text;
};

/** Trades a token for the browser's session and goes back to where the person wanted to be. */
async function signIn(token: string): Promise<void> {
  say('Signing in…');
  try {
    const answer = await fetch('/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    if (answer.ok) {
      location.replace(returnPath(location.search, location.origin));
      return;
    }
    const { detail, code } = (await answer.json()) as { detail: string; code: string };
    say(
      code === 'unauthenticated'
        ? 'This token is not known here, or it has ended. Ask an administrator for a new one.'
        : detail,
    );
  } catch {
    say('The server does not answer. Check that it runs, then try again.');
  }
  field?.focus();
}

form?.addEventListener('submit', (event) => {
  event.preventDefault();
  void signIn(field?.value.trim() ?? '');
});

// The token comes behind the # so that no server, proxy or log ever sees it; it is gone from the address before it is sent.
const given = location.hash.slice(1);
if (given !== '') {
  history.replaceState(null, '', location.pathname + location.search);
  void signIn(given);
}
