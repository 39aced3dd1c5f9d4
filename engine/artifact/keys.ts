import { ArtifactPath, PageId, ScannerId } from '../scanner/index.ts';
import { StageflowError } from '../kernel/index.ts';

/** A job id as we make it: a ULID in lower case. */
const JOB_ID = /^[0-9a-hjkmnp-tv-z]{26}$/;
const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/;

function refused(what: string): never {
  throw new StageflowError('store_failed', { reason: `a key with a malformed ${what} was asked for` });
}

function job(jobId: string): string {
  return JOB_ID.test(jobId) ? jobId : refused('job id');
}

function scanner(id: string): string {
  return ScannerId.safeParse(id).success ? id : refused('scanner id');
}

function page(id: string): string {
  return PageId.safeParse(id).success ? id : refused('page id');
}

/** True when a key is made of plain segments: no dots in front, no empty part, no backslash, at most 600 characters. */
export function isSafeKey(key: string): boolean {
  return key.length <= 600 && key.split('/').every((segment) => SEGMENT.test(segment));
}

/** True when a prefix names a folder of keys: safe segments and a slash at the end. The empty prefix, which is everything, does not. */
export function isSafeFolder(prefix: string): boolean {
  return prefix.endsWith('/') && isSafeKey(prefix.slice(0, -1));
}

/** The contract's keys in the bucket `scanner-artifacts`; a part that is not one of ours is refused as `store_failed`. */
export const artifactKeys = {
  /** What of a job begins with: every key of it. */
  job: (jobId: string) => `${job(jobId)}/`,
  provenance: (jobId: string) => `${job(jobId)}/provenance.json`,
  /** The aggregated report. */
  reportJson: (jobId: string) => `${job(jobId)}/report.json`,
  reportHtml: (jobId: string) => `${job(jobId)}/report.html`,
  /** Raw output of a scanner's own tool for one page. */
  cell: (jobId: string, scannerId: string, pageId: string) =>
    `${job(jobId)}/${scanner(scannerId)}/cells/${page(pageId)}.json.zst`,
  /** Findings that the scanner's audit made of it. */
  cellFindings: (jobId: string, scannerId: string, pageId: string) =>
    `${job(jobId)}/${scanner(scannerId)}/cells/${page(pageId)}.findings.json.zst`,
  /** Index of a scanner: page -> key, hash, size, outcome, counts. */
  scannerResults: (jobId: string, scannerId: string) => `${job(jobId)}/${scanner(scannerId)}/results.json`,
  scannerReport: (jobId: string, scannerId: string) => `${job(jobId)}/${scanner(scannerId)}/report.html`,
  /** A path that a container asked for, under its own job only. */
  fromContainer: (jobId: string, path: string) =>
    ArtifactPath.safeParse(path).success ? `${job(jobId)}/${path}` : refused('path'),
} as const;

/** The contract's keys in the bucket `scanner-staging`. */
export const stagingKeys = {
  job: (jobId: string) => `staging/${job(jobId)}/`,
  /** A bundle as it was received, until the job in it has been taken in. */
  bundle: (jobId: string) => `staging/${job(jobId)}/bundle.tar`,
  /** A tiny object that tells whether the store takes, gives and removes. */
  canary: (name: string) => (SEGMENT.test(name) ? `staging/canary/${name}` : refused('name')),
  /** `filename` is sanitised already and ends in .zip. */
  archive: (jobId: string, filename: string) =>
    SEGMENT.test(filename) && filename.endsWith('.zip') ? `staging/${job(jobId)}/${filename}` : refused('file name'),
} as const;

/** True when a key of `scanner-artifacts` belongs to a job: what a container may read back. */
export function belongsTo(jobId: string, key: string): boolean {
  return isSafeKey(key) && key.startsWith(artifactKeys.job(jobId));
}

/** The job that a key of either bucket is of; null for a key that is no job's, such as a canary's. */
export function jobOf(bucket: 'scanner-staging' | 'scanner-artifacts', key: string): string | null {
  const [first = '', second = ''] = key.split('/');
  const id = bucket === 'scanner-artifacts' ? first : first === 'staging' ? second : '';
  return JOB_ID.test(id) ? id : null;
}
