import { ERRORS } from '@stageflow/engine/kernel';

const escape = (text: string) =>
  text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? '');

/** The page that the `type` of every problem leads to: each code of the error table with its sentence. For anybody; it names nothing of this server. */
export function errorsPage(): Response {
  const rows = Object.entries(ERRORS).map(
    ([code, { sentence, http }]) => `<dt id="${code}"><code>${code}</code> (${http})</dt><dd>${escape(sentence)}</dd>`,
  );
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>Stageflow: errors</title></head>
<body><main><h1>Errors</h1><p>Every failure has a code and a sentence that says what to do next. What stands in braces is filled in.</p>
<dl>${rows.join('\n')}</dl></main></body></html>
`;
  return new Response(page, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    },
  });
}
