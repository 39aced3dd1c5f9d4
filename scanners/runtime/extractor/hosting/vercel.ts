import { z } from 'zod';
import {
  declaredHeader,
  MOST_RULES,
  type HeaderRule,
  type HostManners,
  type ReadRules,
  type RedirectRule,
} from './rules.ts';
import { sourcePattern } from './source-pattern.ts';

const conditions = { has: z.array(z.unknown()).default([]), missing: z.array(z.unknown()).default([]) };

const VercelJson = z.object({
  cleanUrls: z.boolean().default(false),
  trailingSlash: z.boolean().optional(),
  headers: z
    .array(
      z.object({
        source: z.string(),
        headers: z.array(z.object({ key: z.string(), value: z.string() })).max(100),
        ...conditions,
      }),
    )
    .max(MOST_RULES)
    .default([]),
  redirects: z
    .array(
      z.object({
        source: z.string(),
        destination: z.string(),
        permanent: z.boolean().optional(),
        statusCode: z.number().int().min(300).max(399).optional(),
        ...conditions,
      }),
    )
    .max(MOST_RULES)
    .default([]),
  rewrites: z
    .array(z.object({ source: z.string(), destination: z.string(), ...conditions }))
    .max(MOST_RULES)
    .default([]),
  routes: z.array(z.unknown()).optional(),
});

/** What a vercel.json says; null manners when it could not be read. */
export interface VercelRules extends ReadRules {
  readonly manners: HostManners | null;
}

/** Reads headers, redirects, rewrites, cleanUrls and trailingSlash of a `vercel.json`. */
export function readVercelJson(text: string): VercelRules {
  const none = (note: string): VercelRules => ({ headers: [], redirects: [], notes: [note], manners: null });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return none('vercel.json is not valid JSON and was not used.');
  }
  const read = VercelJson.safeParse(document);
  if (!read.success) return none('vercel.json has a form that is not known and was not used.');
  const config = read.data;
  const notes = config.routes
    ? ['vercel.json: the old `routes` are left out; use headers, redirects and rewrites.']
    : [];
  const headers: HeaderRule[] = [];
  for (const rule of config.headers) {
    const match = matchOf(rule, notes);
    const lines = rule.headers.map(({ key, value }) => declaredHeader(key, value)).filter((line) => line !== null);
    if (match) headers.push({ match, headers: lines, removed: [] });
  }
  const redirects: RedirectRule[] = [];
  for (const rule of config.redirects) {
    const match = matchOf(rule, notes);
    const status = rule.statusCode ?? (rule.permanent === false ? 307 : 308);
    if (match) redirects.push({ match, query: {}, to: rule.destination, status, force: true });
  }
  for (const rule of config.rewrites) {
    const match = matchOf(rule, notes);
    if (!match) continue;
    if (rule.destination.startsWith('/'))
      redirects.push({ match, query: {}, to: rule.destination, status: 200, force: false });
    else notes.push(`vercel.json: the rewrite of ${rule.source} is left out; its target lies on another server.`);
  }
  return { headers, redirects, notes, manners: mannersOf(config.cleanUrls, config.trailingSlash) };
}

function matchOf(rule: { source: string; has: unknown[]; missing: unknown[] }, notes: string[]) {
  const match = rule.has.length + rule.missing.length === 0 ? sourcePattern(rule.source) : null;
  if (!match)
    notes.push(`vercel.json: the rule for ${rule.source} is left out; its pattern or condition cannot be judged here.`);
  return match;
}

function mannersOf(cleanUrls: boolean, trailingSlash: boolean | undefined): HostManners {
  return {
    cleanUrls: cleanUrls ? 'redirect' : 'off',
    folders: trailingSlash === true ? 'redirect' : trailingSlash === false ? 'strip' : 'serve',
    slashedPages: cleanUrls ? (trailingSlash === false ? 'redirect' : 'serve') : 'off',
    redirectStatus: 308,
    notFound: 'root',
    spaWithout404: false,
  };
}
