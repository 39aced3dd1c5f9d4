import { type ErrorRow, EXIT, row } from './error-row.ts';

/** Rows of the error table for what only the desktop app meets. */
export const DESKTOP_ERRORS = {
  engine_away: row(
    'The engine is away for a moment: it starts, or is being started again. Its jobs are kept and go on; try again in a few seconds.',
    EXIT.environment,
    503,
    'backoff',
  ),
  no_vault: row(
    'This system keeps no secrets for this app, so no token is stored. Unlock or set up its keyring, or use `./stageflow remote add` and `--remote`.',
    EXIT.environment,
    503,
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>;
