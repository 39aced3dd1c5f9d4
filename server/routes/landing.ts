import type { Route } from '../route.ts';
import { ownPage } from './own-page.ts';

const SCRIPT = `
(async () => {
const word = document.querySelector('[role=status]');
try {
  const answer = await fetch('/api/v1/session');
  if (answer.ok) word.textContent = 'You are signed in as ' + (await answer.json()).tenant + '.';
} catch {
  word.textContent = 'The server does not answer. Try again in a moment.';
}
})();
`;

const MAIN = `
<h1>Stageflow</h1>
<p>This server audits websites: it takes addresses or an archive, scans every page, and writes a report.</p>
<p role="status">You are not signed in. <a href="/signin">Sign in</a></p>
<p>Command lines and scripts talk to it over HTTP; <a href="/api/v1/openapi.json">its OpenAPI document</a> describes every request.
The guides are in the folder <code>docs</code> of the program.</p>
`;

/** The page at the server's bare address, where signing in ends. */
export const landingRoutes: readonly Route[] = [
  ownPage({
    path: '/',
    summary: 'The page that says what this server is',
    title: 'Stageflow',
    main: MAIN,
    script: SCRIPT,
  }),
];
