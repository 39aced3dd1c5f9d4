import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The `nats-server` for tests: named by STAGEFLOW_NATS_SERVER, on the PATH, or where the launcher keeps its own. */
export function natsBinary(): string {
  const named = process.env.STAGEFLOW_NATS_SERVER;
  const candidates = [
    ...(named === undefined ? [] : [named]),
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'nats-server')),
    join(import.meta.dirname, '../../.cache/bin/nats-server'),
  ];
  const found = candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined)
    throw new Error('There is no nats-server for this test. Run ./stageflow doctor, or set STAGEFLOW_NATS_SERVER.');
  return found;
}
