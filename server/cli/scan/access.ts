import { readFileSync } from 'node:fs';
import { StageflowError } from '@stageflow/engine/kernel';
import { AccessSecrets, HeaderName, HeaderValue } from '@stageflow/engine/scanner';

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

function headerOf(text: string): [string, string] {
  const [name, value] = pair('--header', text, ':');
  const reason = !HeaderName.safeParse(name).success
    ? 'its name holds more than a header may be called'
    : 'its value holds line breaks or other characters that no header may have, or is longer than 8192';
  if (HeaderName.safeParse(name).success && HeaderValue.safeParse(value).success) return [name, value];
  throw new StageflowError('bad_option', { option: '--header', value: '(hidden)', reason });
}

/** Reads the login options; null when there are none. Their values never appear in a message. */
export function readAccess(options: AccessOptions): AccessSecrets | null {
  const { header, cookie, basicAuth, storageState } = options;
  if (header.length + cookie.length === 0 && basicAuth === undefined && storageState === undefined) return null;
  const access: Record<string, unknown> = {
    headers: Object.fromEntries(header.map(headerOf)),
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
  const state = readJson(path);
  const problem = problemOfState(state);
  if (problem === null) return state;
  throw new StageflowError('bad_option', {
    option: '--storage-state',
    value: path,
    reason: `it is not what Playwright's storageState saves: ${problem}`,
  });
}

/** What is wrong with a storage state; null when nothing is. Values are secrets: only places are named. */
function problemOfState(state: unknown): string | null {
  if (!isRecord(state)) return 'it must be an object with cookies and origins';
  const { cookies = [], origins = [] } = state;
  if (state.cookies === undefined && state.origins === undefined) return 'it has neither cookies nor origins';
  if (!Array.isArray(cookies)) return 'cookies is not a list';
  if (!Array.isArray(origins)) return 'origins is not a list';
  const texts = (entry: unknown, names: readonly string[]) =>
    isRecord(entry) && names.every((name) => typeof entry[name] === 'string');
  const cookie = cookies.findIndex((entry) => !texts(entry, ['name', 'value', 'domain', 'path']));
  if (cookie >= 0) return `cookie ${cookie + 1} lacks a name, value, domain or path`;
  const origin = origins.findIndex(
    (entry) =>
      !texts(entry, ['origin']) ||
      !Array.isArray(entry.localStorage) ||
      !entry.localStorage.every((item: unknown) => texts(item, ['name', 'value'])),
  );
  return origin >= 0 ? `origin ${origin + 1} lacks its address or a list of names and values` : null;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readJson(path: string): unknown {
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
