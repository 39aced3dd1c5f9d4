import type { Route } from '../route.ts';
import { ownPage } from './own-page.ts';

/** The token comes behind the # so that no server, proxy or log ever sees it; it is gone from the address before it is sent. */
const SCRIPT = `
const form = document.querySelector('form');
const field = document.querySelector('input');
const word = document.querySelector('[role=status]');
async function signIn(token) {
  word.textContent = 'Signing in…';
  try {
    const answer = await fetch('/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    if (answer.ok) return location.replace('/');
    const { detail } = await answer.json();
    word.textContent = detail;
  } catch {
    word.textContent = 'The server does not answer. Try again in a moment.';
  }
  field.focus();
}
form.addEventListener('submit', (event) => {
  event.preventDefault();
  signIn(field.value.trim());
});
const given = location.hash.slice(1);
if (given !== '') {
  history.replaceState(null, '', location.pathname);
  signIn(given);
}
`;

const MAIN = `
<h1>Sign in to Stageflow</h1>
<form method="post">
<label for="token">Token</label>
<input id="token" type="password" autocomplete="current-password" required maxlength="200">
<button>Sign in</button>
</form>
<p role="status"></p>
<noscript><p>This page needs JavaScript to sign in. Scripts and command lines send the token with each request instead.</p></noscript>
`;

/** The page on which a browser trades a token for its cookie. */
export const signinRoutes: readonly Route[] = [
  ownPage({
    path: '/signin',
    summary: 'The page to sign in',
    title: 'Sign in · Stageflow',
    main: MAIN,
    script: SCRIPT,
  }),
];
