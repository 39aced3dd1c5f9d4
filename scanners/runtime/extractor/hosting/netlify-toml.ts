import { parse } from 'smol-toml';
import { z } from 'zod';
import { declaredHeader, MOST_RULES, type HeaderRule, type ReadRules, type RedirectRule } from './rules.ts';
import { compileRedirect } from './redirects-file.ts';
import { starPattern } from './star-pattern.ts';

const NetlifyToml = z.object({
  redirects: z
    .array(
      z.object({
        from: z.string(),
        to: z.string().optional(),
        status: z.number().int().default(301),
        force: z.boolean().default(false),
        query: z.record(z.string(), z.string()).default({}),
        conditions: z.unknown().optional(),
      }),
    )
    .max(MOST_RULES)
    .default([]),
  headers: z
    .array(z.object({ for: z.string(), values: z.record(z.string(), z.union([z.string(), z.array(z.string())])) }))
    .max(MOST_RULES)
    .default([]),
});

/** Reads the redirects and headers of a `netlify.toml`. */
export function readNetlifyToml(text: string): ReadRules {
  const notes: string[] = [];
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    return { headers: [], redirects: [], notes: ['netlify.toml is not valid TOML and was not used.'] };
  }
  const read = NetlifyToml.safeParse(document);
  if (!read.success)
    return {
      headers: [],
      redirects: [],
      notes: ['netlify.toml has redirects or headers of an unknown form and was not used.'],
    };
  const redirects: RedirectRule[] = [];
  for (const { from, to = from, status, force, query, conditions } of read.data.redirects) {
    const rule =
      conditions === undefined
        ? compileRedirect({ from, to, status, force, query }, 'netlify.toml')
        : `netlify.toml: the rule for ${from} is left out; its conditions cannot be judged here.`;
    if (typeof rule === 'string') notes.push(rule);
    else redirects.push(rule);
  }
  const headers: HeaderRule[] = [];
  for (const row of read.data.headers) {
    const match = starPattern(row.for);
    const lines = Object.entries(row.values).flatMap(([name, value]) =>
      [value].flat().map((one) => declaredHeader(name, one)),
    );
    if (match) headers.push({ match, headers: lines.filter((line) => line !== null), removed: [] });
    else notes.push(`netlify.toml: headers for ${row.for} are left out; only paths of this site are understood.`);
  }
  return { headers, redirects, notes };
}
