import { existsSync } from 'node:fs';
import { StageflowError } from '@stageflow/engine/kernel';
import { type Manifest, problemOfOption } from '@stageflow/engine/scanner';
import { judgeTargets, readAllowAssets, readAllowHosts, type SubmitOptions } from '@stageflow/engine/submit';
import type { AccessOptions } from './access.ts';

/** The options of `scan` as commander hands them over. */
export interface ScanOptions extends AccessOptions {
  readonly modules: readonly string[];
  readonly output?: string;
  readonly format: readonly string[];
  readonly json?: boolean;
  readonly failOn?: string;
  readonly minScore: readonly string[];
  readonly allowIncomplete?: boolean;
  readonly pages: 'sample' | 'all';
  readonly maxPages?: number;
  readonly depth?: number;
  readonly crawl: boolean;
  readonly robots: boolean;
  readonly sitemap: boolean;
  readonly device: 'desktop' | 'mobile';
  readonly lighthouseRuns?: number;
  readonly scannerOption: readonly string[];
  readonly siteUrl?: string;
  readonly allowAssets: readonly string[];
  readonly allowHost: readonly string[];
  readonly timeout?: number;
  readonly pageTimeout?: number;
  readonly memory?: number;
  readonly isolation: 'pod' | 'process';
  readonly progress: string;
  readonly resume?: string | true;
  readonly label?: string;
  /** Name or address of the server that is to run it. */
  readonly remote?: string;
}

/** What is to be scanned, judged without touching a network. */
export type Target =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'urls'; readonly urls: readonly string[]; readonly notes: readonly string[] };

const unwrap = <T>(result: { ok: true; value: T } | { ok: false; error: StageflowError }): T => {
  if (!result.ok) throw result.error;
  return result.value;
};

/** A single word before the first slash, such as `dist` or `build/site`: hosts of the web have a dot, and a port where they have none. */
const ONE_WORD = /^(?!localhost(\/|$))[\w-]+(\/|$)/i;

/** Something typed that names a file rather than a host: it exists, or it can only be a path. */
function looksLikePath(text: string): boolean {
  return existsSync(text) || /^(\.{0,2}\/|~)|^[A-Za-z]:\\|\.zip$/i.test(text) || ONE_WORD.test(text);
}

/** Tells a path from addresses; what lies at a path is judged by `judgePath`. Mixing them, or several paths, is refused: one job has one input. */
export function readTarget(targets: readonly string[], allowHosts: readonly string[]): Target {
  if (targets.length === 0)
    throw new StageflowError('usage', { problem: 'Nothing to scan was named: give a .zip file, a folder, or URLs.' });
  const paths = targets.filter((t) => !/^[a-z][a-z0-9+.-]*:\/\//i.test(t) && looksLikePath(t));
  if (paths.length === 0) return { kind: 'urls', ...unwrap(judgeTargets(targets, { allowHosts, extraPorts: true })) };
  const [path = ''] = paths;
  if (targets.length > 1)
    throw new StageflowError('usage', { problem: 'One scan takes one archive or folder, or any number of URLs.' });
  return { kind: 'path', path };
}

/** `scanner.name=value` texts as options per scanner; values that read as JSON are JSON, others text. */
export function readScannerOptions(
  texts: readonly string[],
  known: readonly Manifest[],
): Record<string, Record<string, unknown>> {
  const options: Record<string, Record<string, unknown>> = {};
  for (const text of texts) {
    const match = /^([a-z0-9-]+)\.([A-Za-z0-9]+)=(.*)$/.exec(text);
    const [, scanner = '', name = '', value = ''] = match ?? [];
    const manifest = known.find((m) => m.id === scanner);
    const bad = (reason: string) =>
      new StageflowError('bad_option', { option: '--scanner-option', value: text, reason });
    if (!match) throw bad('it must look like scanner.name=value');
    if (!manifest)
      throw new StageflowError('unknown_module', { module: scanner, known: known.map((m) => m.id).join(', ') });
    const read = readValue(value);
    const problem = problemOfOption(manifest, name, read);
    if (problem !== null) throw bad(problem);
    (options[scanner] ??= {})[name] = read;
  }
  return options;
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What the job's specification is built from, apart from its source. */
export function readSubmitOptions(options: ScanOptions, known: readonly Manifest[]): Omit<SubmitOptions, 'source'> {
  const given = <K extends string, V>(key: K, value: V | undefined) =>
    value === undefined ? {} : ({ [key]: value } as Record<K, V>);
  return {
    modules: options.modules.length === 0 ? null : options.modules,
    moduleOptions: readScannerOptions(options.scannerOption, known),
    robots: options.robots,
    sitemap: options.sitemap,
    sample: options.pages === 'all' ? 'all' : 'template',
    device: options.device,
    allowAssets: unwrap(readAllowAssets(options.allowAssets)),
    allowHosts: unwrap(readAllowHosts(options.allowHost)),
    isolation: options.isolation,
    siteUrl: options.siteUrl === undefined ? null : readSiteUrl(options.siteUrl),
    label: options.label ?? null,
    ...given('maxPages', options.maxPages),
    ...given('depth', options.depth),
    ...given('lighthouseRuns', options.lighthouseRuns),
    ...given('jobSeconds', options.timeout),
    ...given('pageSeconds', options.pageTimeout),
    ...given('memoryMiB', options.memory),
  };
}

function readSiteUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new StageflowError('bad_option', {
      option: '--site-url',
      value: text,
      reason: 'it must be an http:// or https:// address',
    });
  }
  return url.origin;
}
