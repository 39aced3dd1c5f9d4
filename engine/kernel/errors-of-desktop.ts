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
  upload_damaged: row(
    'The file {key} of this report is not what was recorded when it was written, so it is not uploaded. Scan the site again.',
    EXIT.environment,
    500,
  ),
  machine_busy: row(
    'Podman is being mended already, or is not where this step is needed. Look at the steps again.',
    EXIT.usage,
    409,
  ),
  package_damaged: row(
    'The installed app is not what was packed ({file}). Install it again from where you got it.',
    EXIT.environment,
    500,
  ),
  no_link_place: row(
    'There is nowhere for a link to lead. Connect an object store with a key for links, or a server, in the settings; or download the report as one HTML file and send that.',
    EXIT.usage,
    409,
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>;
