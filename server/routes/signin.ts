import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { route, type Route } from '../route.ts';

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

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { width: min(26rem, 90vw); }
h1 { font-size: 1.25rem; }
label { display: block; margin-bottom: .25rem; }
input, button { font: inherit; padding: .5rem .75rem; box-sizing: border-box; width: 100%; min-height: 2.75rem; }
button { margin-top: .75rem; cursor: pointer; }
[role=status] { min-height: 3rem; }
`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)}`,
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Sign in · Stageflow</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Sign in to Stageflow</h1>
<form method="post">
<label for="token">Token</label>
<input id="token" type="password" autocomplete="current-password" required maxlength="200">
<button>Sign in</button>
</form>
<p role="status"></p>
<noscript><p>This page needs JavaScript to sign in. Scripts and command lines send the token with each request instead.</p></noscript>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;

/** The page on which a browser trades a token for its cookie. */
export const signinRoutes: readonly Route[] = [
  route(
    { scope: 'public' },
    {
      method: 'get',
      path: '/signin',
      tags: ['session'],
      summary: 'The page to sign in',
      responses: { 200: { description: 'The page.', content: { 'text/html': { schema: z.string() } } } },
    },
    () => (c) => {
      c.header('content-security-policy', POLICY);
      c.header('cache-control', 'no-store');
      return c.html(PAGE, 200);
    },
  ),
];
