import { readFileSync } from 'node:fs';
import { StageflowError } from '@stageflow/engine/kernel';
import { AccessSecrets } from '@stageflow/engine/scanner';

/** Login options of `scan` as the person typed them. */
export interface AccessOptions {
  readonly header: readonly string[];
  readonly cookie: readonly string[];
  readonly basicAuth?: string;
  readonly storageState?: string;
}

function pair(option: string, text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  if (at < 1) {
    // The value may be a secret: it is never echoed.
    throw new StageflowError('bad_option', {
      option,
      value: '(hidden)',
      reason: `it must look like name${separator}value`,
    });
  }
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** Reads the login options; null when there are none. Their values never appear in a message. */
export function readAccess(options: AccessOptions): AccessSecrets | null {
  const { header, cookie, basicAuth, storageState } = options;
  if (header.length + cookie.length === 0 && basicAuth === undefined && storageState === undefined) return null;
  const access: Record<string, unknown> = {
    headers: Object.fromEntries(header.map((text) => pair('--header', text, ':'))),
    cookies: cookie.map((text) => {
      const [name, value] = pair('--cookie', text, '=');
      return { name, value };
    }),
  };
  if (basicAuth !== undefined) {
    const [username, password] = pair('--basic-auth', basicAuth, ':');
    access.basicAuth = { username, password };
  }
  if (storageState !== undefined) access.storageState = readState(storageState);
  return AccessSecrets.parse(access);
}

function readState(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new StageflowError('file_not_found', { path });
    throw new StageflowError(
      'bad_option',
      { option: '--storage-state', value: path, reason: 'it is not a JSON file' },
      { cause: error },
    );
  }
}
