import { missing, ok, warning } from '../check.ts';
import type { Check, CheckResult } from '../check.ts';
import { commandFor, findNatsServer } from '../nats-server.ts';
import type { FoundNatsServer } from '../nats-server.ts';

/** The queue's server. */
export const natsServer: Check = {
  id: 'nats-server',
  title: 'nats-server',
  run: async () => natsResult(await findNatsServer(), await commandFor()),
};

/** Judges the best server found; `fix` is the command that brings the pinned one. */
export function natsResult(found: FoundNatsServer | null, fix: string): CheckResult {
  if (found === null) return missing('It was not found; the next scan brings it.', fix);
  const where = `${found.version} at ${found.path}`;
  if (found.fitness === 'wanted') return ok(`${where}.`);
  if (found.fitness === 'older') return warning(`${where} works, but lacks this year's security fixes.`, fix);
  return warning(
    `${where} means reduced durability: what was accepted in the last two minutes may be lost with the machine's power.`,
    fix,
  );
}
