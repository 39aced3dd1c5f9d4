import type Database from 'better-sqlite3';
import type { Clock } from '../../kernel/index.ts';
import { deliveryTable } from './deliveries.ts';
import { idempotencyTable } from './idempotency.ts';
import { ignoreTable } from './ignores.ts';
import { intakeTable } from './intakes.ts';
import { ownerTable } from './owners.ts';
import type { ServiceTables } from './port.ts';
import { receivedTable } from './received.ts';
import { sessionTable } from './sessions.ts';
import { shareTable } from './shares.ts';
import { tokenTable } from './tokens.ts';
import { webhookTable } from './webhooks.ts';

/** How a table's work becomes a transaction whose failures are coded errors. */
export interface Transactions {
  readonly read: <T>(work: () => T) => T;
  readonly write: <T>(work: () => T) => T;
}

/** The server's tables on the ledger's own connection. */
export function openServiceTables(db: Database.Database, clock: Clock, run: Transactions): ServiceTables {
  return {
    inOne: run.write,
    owners: ownerTable(db, run),
    received: receivedTable(db, run),
    intakes: intakeTable(db, clock, run),
    tokens: tokenTable(db, clock, run),
    sessions: sessionTable(db, clock, run),
    shares: shareTable(db, clock, run),
    idempotency: idempotencyTable(db, clock, run),
    webhooks: webhookTable(db, clock, run),
    deliveries: deliveryTable(db, clock, run),
    ignores: ignoreTable(db, clock, run),
  };
}
