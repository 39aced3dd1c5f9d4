/**
 * Hosting: what the build itself says about how it wants to be served.
 * Enters: the texts of its configuration files. Leaves: rules and manners in one form, whatever the host.
 * Called by the extractor's run. It must never add a header or rule that the build does not declare.
 */
import { readHeadersFile } from './headers-file.ts';
import { readNetlifyToml } from './netlify-toml.ts';
import { readRedirectsFile } from './redirects-file.ts';
import type { Hosting, HostManners, ReadRules } from './rules.ts';
import { readVercelJson } from './vercel.ts';

export { decodePath, encodePath, fillTarget } from './rules.ts';
export type { Hosting, HostManners, RedirectRule } from './rules.ts';

/** A static host without a name: clean URLs answered, folders redirected to their slash. */
const PLAIN: HostManners = {
  cleanUrls: 'serve',
  folders: 'redirect',
  slashedPages: 'off',
  redirectStatus: 301,
  notFound: 'root',
  spaWithout404: false,
};
const NETLIFY: HostManners = { ...PLAIN, slashedPages: 'serve' };
const CLOUDFLARE: HostManners = {
  cleanUrls: 'redirect',
  folders: 'redirect',
  slashedPages: 'redirect',
  redirectStatus: 308,
  notFound: 'nearest',
  spaWithout404: true,
};

const CLOUDFLARE_FILES = ['_routes.json', '_worker.js', 'wrangler.toml', 'wrangler.json', 'wrangler.jsonc'];
const NOTES = 40;

/** Reads the build's configuration. `text` gives a file of the site's root, or null. */
export function readHosting(text: (name: string) => string | null): Hosting {
  const read = (name: string, reader: (text: string) => ReadRules) => {
    const found = text(name);
    return found === null ? [] : [{ name, rules: reader(found) }];
  };
  const cloudflare = CLOUDFLARE_FILES.filter((name) => text(name) !== null);
  const shared = [...read('_headers', readHeadersFile), ...read('_redirects', readRedirectsFile)];
  const toml = read('netlify.toml', readNetlifyToml);
  const vercelText = text('vercel.json');
  const vercel = vercelText === null ? null : readVercelJson(vercelText);
  const onVercel = vercel?.manners != null && shared.length + toml.length + cloudflare.length === 0;
  const used = onVercel && vercel ? [{ name: 'vercel.json', rules: vercel }] : [...shared, ...toml];
  const host = onVercel ? 'Vercel' : hostOf(cloudflare.length > 0, toml.length > 0, shared.length > 0);
  const manners = onVercel && vercel?.manners ? vercel.manners : mannersOf(host);
  const ignored =
    vercel && !onVercel && used.length > 0
      ? ['vercel.json is left out, because the build also holds the files of another host.']
      : [];
  const redirects = used.flatMap(({ rules }) => rules.redirects);
  const notes = [
    ...new Set([
      ...used.flatMap(({ rules }) => rules.notes),
      ...(used.length === 0 ? (vercel?.notes ?? []) : []),
      ...ignored,
    ]),
  ];
  return {
    host,
    manners,
    headers: used.flatMap(({ rules }) => rules.headers),
    redirects: host === 'Cloudflare Pages' ? redirects.map((rule) => ({ ...rule, force: true })) : redirects,
    files: [
      ...shared.map(({ name }) => name),
      ...toml.map(({ name }) => name),
      ...cloudflare,
      ...(vercel ? ['vercel.json'] : []),
    ],
    honoured: [...used.map(({ name }) => name), ...(manners.cleanUrls === 'redirect' ? ['clean-urls'] : [])],
    notes:
      notes.length > NOTES
        ? [...notes.slice(0, NOTES), `${notes.length - NOTES} more lines of the host's files were left out.`]
        : notes,
  };
}

function hostOf(cloudflare: boolean, toml: boolean, shared: boolean): string | null {
  if (cloudflare) return 'Cloudflare Pages';
  if (toml) return 'Netlify';
  return shared ? 'Netlify or Cloudflare Pages' : null;
}

function mannersOf(host: string | null): HostManners {
  if (host === 'Cloudflare Pages') return CLOUDFLARE;
  return host === null ? PLAIN : NETLIFY;
}
