import type { JobLine } from '@stageflow/engine';
import type { JobSource } from '@stageflow/engine/event';
import { StageflowError } from '@stageflow/engine/kernel';
import { discoverScanners } from '@stageflow/engine/manifests';
import type { GatePolicy } from '@stageflow/engine/report';
import type { AccessSecrets, Manifest } from '@stageflow/engine/scanner';
import { buildJobSpec, judgePath, type SubmitOptions } from '@stageflow/engine/submit';
import { SCANNERS } from '../machine.ts';
import { readAccess } from './access.ts';
import { readFailOn, readMinScore } from './gate.ts';
import { claimOutput, type Format, readFormats } from './outputs.ts';
import { readSubmitOptions, readTarget, type ScanOptions, type Target } from './request.ts';
import { earlierScan } from './resume.ts';

/** A scan that a person wants, judged as far as that can be done without a machine, a network or a wait. */
export interface ScanPlan {
  readonly options: ScanOptions;
  readonly submit: Omit<SubmitOptions, 'source'>;
  readonly known: readonly Manifest[];
  readonly formats: readonly Format[];
  readonly gate: Pick<GatePolicy, 'failOn' | 'minScore'>;
  readonly access: AccessSecrets | null;
  /** Null when an earlier scan is gone on with. */
  readonly target: Target | null;
  /** The earlier scan of this machine that is gone on with. */
  readonly earlier: JobLine | null;
}

/** Refuses what is about a build alone: silently without effect it would leave a person believing in it. */
function assertForUrls({ allowAssets, siteUrl }: ScanOptions): void {
  const [option, value] =
    allowAssets.length > 0
      ? ['--allow-assets', allowAssets.join(',')]
      : siteUrl === undefined
        ? []
        : ['--site-url', siteUrl];
  if (option !== undefined && value !== undefined)
    throw new StageflowError('bad_option', {
      option,
      value,
      reason: 'it is about an archive or a folder, and these are URLs',
    });
}

/** Reads and judges what was typed. Whatever it refuses is refused at once, before minutes of set-up or an upload; the output folder is made. */
export async function planScan(targets: readonly string[], options: ScanOptions): Promise<ScanPlan> {
  const known = await discoverScanners(SCANNERS);
  const submit = readSubmitOptions(options, known);
  const formats = readFormats(options);
  const failOn = readFailOn(options.failOn);
  const access = readAccess(options);
  const resumes = options.resume !== undefined;
  const target = resumes ? null : readTarget(targets, submit.allowHosts ?? []);
  if (resumes && targets.length > 0)
    throw new StageflowError('usage', { problem: '--resume goes on with an earlier scan and takes no targets.' });
  if (target?.kind === 'urls') assertForUrls(options);
  const source: JobSource = { kind: 'urls', urls: ['https://example.org/'], mode: 'list' };
  const probe = buildJobSpec({ ...submit, source }, known);
  if (!probe.ok) throw probe.error;
  const earlier = options.resume !== undefined && options.remote === undefined ? earlierScan(options.resume) : null;
  const minScore = readMinScore(options.minScore, known);
  if (target?.kind === 'path') await judgePath(target.path);
  claimOutput(options.output, target?.kind === 'path' ? target.path : null, formats);
  return { options, submit, known, formats, gate: { failOn, minScore }, access, target, earlier };
}
