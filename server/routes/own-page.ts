import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { route, type Route } from '../route.ts';

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

/** A public page of the server itself, of fixed text: it runs its one script, and speaks with this server alone. */
export function ownPage(page: {
  readonly path: string;
  readonly summary: string;
  readonly title: string;
  /** HTML of `main`. */
  readonly main: string;
  readonly script: string;
}): Route {
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(page.script)}`,
    `style-src ${hashOf(STYLE)}`,
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${page.title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${page.main.trim()}
</main>
<script>${page.script}</script>
</body>
</html>
`;
  return route(
    { scope: 'public' },
    {
      method: 'get',
      path: page.path,
      tags: ['session'],
      summary: page.summary,
      responses: { 200: { description: 'The page.', content: { 'text/html': { schema: z.string() } } } },
    },
    () => (c) => {
      c.header('content-security-policy', policy);
      c.header('cache-control', 'no-store');
      return c.html(html, 200);
    },
  );
}
