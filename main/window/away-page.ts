import type { HostState } from '../keeper/decide.ts';

const escape = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? '');

/** What the engine's absence is called, and what comes of it. */
export function awayWords(state: HostState): { readonly title: string; readonly text: string } {
  switch (state.phase) {
    case 'failed':
      return { title: 'The engine does not start', text: state.reason };
    case 'pausing':
      return { title: 'The engine is started again', text: `${state.reason} Its jobs are kept and go on.` };
    case 'leaving':
    case 'left':
      return { title: 'Stageflow is ending', text: 'Scans that are unfinished go on with the next start.' };
    default:
      return {
        title: 'The engine is starting',
        text: 'This takes about a second; longer when parts are fetched first.',
      };
  }
}

/** The page that stands in the window while no engine answers. It comes again by itself, and offers another start when nothing else would make one. */
export function awayPage(state: HostState): Response {
  const { title, text } = awayWords(state);
  const failed = state.phase === 'failed';
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
${failed ? '' : '<meta http-equiv="refresh" content="1">'}<title>${escape(title)} · Stageflow</title></head>
<body><main><h1>${escape(title)}</h1><p role="status">${escape(text)}</p>
${failed ? `<form method="post" action="${AGAIN}"><button>Start it again</button></form>` : ''}</main></body></html>
`;
  return new Response(page, {
    status: 503,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      'cache-control': 'no-store',
    },
  });
}

/** Where the page's button leads. */
export const AGAIN = '/desktop/engine/again';
