/**
 * Builds the offline report page and prints it: one HTML document with its script and style inside, allowed by hash and by
 * nothing else, and with the marks that a report is filled into. Run by the engine on first use, in a process of its own.
 */
import { createHash } from 'node:crypto';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

/** The source address that a policy names for an inline block. */
const source = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const result = await build({
  root: import.meta.dirname,
  configFile: false,
  logLevel: 'silent',
  plugins: [react()],
  build: {
    write: false,
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 10 * 2 ** 20,
    target: 'es2023',
    reportCompressedSize: false,
  },
});
const outputs = (Array.isArray(result) ? result : [result]).flatMap((r) => ('output' in r ? r.output : []));
const scripts = outputs.flatMap((o) => (o.type === 'chunk' ? [o.code] : []));
const text = (end: string) =>
  outputs
    .flatMap((o) =>
      o.type === 'asset' && o.fileName.endsWith(end)
        ? [typeof o.source === 'string' ? o.source : Buffer.from(o.source).toString('utf8')]
        : [],
    )
    .join('\n');
// A script may not hold its own end tag; in JavaScript text `<\/script` means the same.
const script = scripts
  .join('\n')
  .replace(/<\/(?=script)/gi, '<\\/')
  .replaceAll('<!--', '<\\!--');
const style = text('.css').replace(/<\/(?=style)/gi, '<\\/');
const policy = [
  "default-src 'none'",
  `script-src ${source(script)}`,
  `style-src ${source(style)}`,
  "img-src data: 'self' file:",
  'font-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
const page = text('.html')
  .replace(/<script type="module"[^>]*><\/script>\s*/g, '')
  .replace(/<link rel="stylesheet"[^>]*>\s*/g, '')
  .replace('__CSP__', () => policy)
  .replace('</head>', () => `<style>${style}</style></head>`)
  .replace('</body>', () => `<script type="module">${script}</script></body>`);
process.stdout.write(page);
