import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Clock, StageflowError } from '@stageflow/engine/kernel';
import type { Ledger } from '@stageflow/engine/ledger';
import { z } from 'zod';

const Ticket = z.object({
  /** The job that the archive will be of: its id is given before the job is. */
  jobId: z.string(),
  filename: z.string(),
  /** What was announced. */
  bytes: z.number().int(),
  sha256: z.string().nullable(),
  tenant: z.string(),
  /** Milliseconds since the epoch. */
  expiresAt: z.number(),
});
/** An upload that was announced; its id is this, signed, so that nothing is kept for uploads that never come. */
export type Ticket = z.infer<typeof Ticket>;

/** Name of the setting that holds the key of this data folder's tickets. */
const SETTING = 'uploadKey';

function keyOf(ledger: Pick<Ledger, 'setting' | 'setSetting'>): string {
  const known = ledger.setting(SETTING);
  if (known !== null) return known;
  const made = randomBytes(32).toString('hex');
  ledger.setSetting(SETTING, made);
  return made;
}

const sign = (key: string, text: string) => createHmac('sha256', key).update(text).digest('base64url');

/** The id of an upload. */
export function writeTicket(ledger: Pick<Ledger, 'setting' | 'setSetting'>, ticket: Ticket): string {
  const text = Buffer.from(JSON.stringify(ticket)).toString('base64url');
  return `${text}.${sign(keyOf(ledger), text)}`;
}

/** The upload behind an id; `not_found` when it is not ours, of another tenant, or too old. */
export function readTicket(
  ledger: Pick<Ledger, 'setting' | 'setSetting'>,
  clock: Clock,
  tenant: string,
  id: string,
): Ticket {
  const [text = '', mac = ''] = id.split('.');
  const wanted = Buffer.from(sign(keyOf(ledger), text));
  const given = Buffer.from(mac);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw new StageflowError('not_found');
  const ticket = Ticket.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  if (ticket.tenant !== tenant || ticket.expiresAt <= clock.now()) throw new StageflowError('not_found');
  return ticket;
}
