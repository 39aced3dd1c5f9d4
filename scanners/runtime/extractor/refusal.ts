import { StageflowError, type ErrorCode } from '@stageflow/engine/kernel';

/** The codes with which an archive may be refused. */
export type RefusalCode = Extract<ErrorCode, `zip_${string}` | 'not_a_zip'>;

/** Why an archive was refused: an ordinary coded error, so that its sentence is the error table's. */
export class ArchiveRefusal extends StageflowError {
  /** Name of the entry at fault as far as it could be read; null when the fault is the archive's own. */
  readonly entry: string | null;

  constructor(code: RefusalCode, reason: string, entry: string | null = null) {
    super(code, { reason, entry: entry ?? 'the archive', path: 'The input' });
    this.entry = entry;
  }
}

/** Ends the reading of an archive. It never returns. */
export function refuse(code: RefusalCode, reason: string, entry: string | null = null): never {
  throw new ArchiveRefusal(code, reason, entry);
}
