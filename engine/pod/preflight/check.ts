/** `warning`: a scan works, with less than is promised. `skipped`: does not apply to this machine. */
export type CheckStatus = 'ok' | 'warning' | 'missing' | 'broken' | 'skipped';

/** What a check found. */
export interface CheckResult {
  readonly status: CheckStatus;
  /** One sentence for a person. */
  readonly detail: string;
  /** The one command that mends it; null when nothing is to be mended or no command can. */
  readonly fix: string | null;
}

/** One part of the machine that a scan needs. */
export interface Check {
  readonly id: string;
  readonly title: string;
  run(): Promise<CheckResult> | CheckResult;
}

export const ok = (detail: string): CheckResult => ({ status: 'ok', detail, fix: null });
export const skipped = (detail: string): CheckResult => ({ status: 'skipped', detail, fix: null });
export const warning = (detail: string, fix: string | null = null): CheckResult => ({ status: 'warning', detail, fix });
export const missing = (detail: string, fix: string | null): CheckResult => ({ status: 'missing', detail, fix });
export const broken = (detail: string, fix: string | null): CheckResult => ({ status: 'broken', detail, fix });
