import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { StageflowError } from '@stageflow/engine/kernel';
import {
  type CellCounts,
  CellFindings,
  clip,
  type Occurrence,
  type RequestRecord,
  type ScannerFinding,
} from '@stageflow/engine/sdk';

/** Largest raw result of one cell, as JSON, in bytes. */
const RAW_CAP = 64 * 2 ** 20;

/** Any JSON value as the compressed bytes that are stored. Throws `cell_failed` when it is beyond the cap. */
export function packJson(value: unknown, scanner: string): Buffer {
  const text = JSON.stringify(value) ?? 'null';
  if (text.length > RAW_CAP)
    throw new StageflowError('cell_failed', { scanner, reason: 'its result is larger than 64 MiB' });
  return zstdCompressSync(text);
}

/** The value behind `packJson`'s bytes. */
export function unpackJson(bytes: Uint8Array): unknown {
  return JSON.parse(zstdDecompressSync(bytes, { maxOutputLength: 4 * RAW_CAP }).toString('utf8'));
}

const cutOptional = (text: string | undefined, max: number) => (text === undefined ? undefined : clip(text, max));

/** Copies an object without the fields that are undefined. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}

function fitOccurrence(o: Occurrence): Occurrence {
  return defined({
    ...o,
    // A cut selector would select something else.
    selector: o.selector !== undefined && o.selector.length > 1024 ? undefined : o.selector,
    snippet: cutOptional(o.snippet, 2048),
    url: cutOptional(o.url, 4096),
    message: cutOptional(o.message, 2048),
  }) as Occurrence;
}

/** What a scanner said, its texts cut to the caps of the schema and checked. Throws `cell_failed` when it still does not fit. */
export function fitFindings(findings: CellFindings, scanner: string): CellFindings {
  const fitted = {
    ...findings,
    findings: findings.findings.slice(0, 5000).map((f) =>
      defined({
        ...f,
        title: clip(f.title, 300),
        howToFix: clip(f.howToFix, 4000),
        evidence: cutOptional(f.evidence, 1024),
        occurrences: f.occurrences.slice(0, 2000).map(fitOccurrence),
      }),
    ),
    facts: Object.fromEntries(
      Object.entries(findings.facts).map(([k, v]) => [k.slice(0, 80), typeof v === 'string' ? clip(v, 2000) : v]),
    ),
  };
  const parsed = CellFindings.safeParse(fitted);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new StageflowError('cell_failed', {
    scanner,
    reason: `its findings break the schema at ${issue?.path.join('.')}: ${issue?.message}`,
  });
}

/** Findings by severity; reviews are counted apart. */
export function countFindings(findings: readonly ScannerFinding[]): CellCounts {
  const counts: CellCounts = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };
  for (const finding of findings) counts[finding.outcome === 'fail' ? finding.severity : 'review'] += 1;
  return counts;
}

const TYPE_OF: Readonly<Record<string, NonNullable<ScannerFinding['dependsOn']>[number]>> = {
  stylesheet: 'style',
  script: 'script',
  font: 'font',
  image: 'image',
};

/** A finding whose verdict needs an asset of a kind that the guard refused on this page is for a person to judge. */
export function reviewBlocked(findings: CellFindings, requests: readonly RequestRecord[]): CellFindings {
  const hosts = new Map<string, string>();
  for (const request of requests) {
    const kind = TYPE_OF[request.type];
    if (kind && request.blocked !== null && !hosts.has(kind))
      hosts.set(kind, URL.canParse(request.url) ? new URL(request.url).host : 'another host');
  }
  if (hosts.size === 0) return findings;
  return {
    ...findings,
    findings: findings.findings.map((finding) => {
      const kind = finding.dependsOn?.find((one) => hosts.has(one));
      if (kind === undefined || finding.outcome !== 'fail') return finding;
      const note = `asset_blocked: a ${kind} of the page was not loaded from ${hosts.get(kind)}`;
      const occurrences = finding.occurrences.map((o) => ({
        ...o,
        message: clip(o.message ? `${o.message} (${note})` : note, 2048),
      }));
      return { ...finding, outcome: 'needs-review' as const, occurrences };
    }),
  };
}
