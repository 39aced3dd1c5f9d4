import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Version of this program, from the repository's package.json. */
export const ENGINE_VERSION: string = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string }
).version;
