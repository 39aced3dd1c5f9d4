/**
 * Bus: delivers events at least once; the ledger is the record.
 * Enters: events to publish. Leaves: events to read, job records, dead letters; the nats-server that carries them.
 * Called by run alone. It must never decide what an event means, nor be the only place where a fact is kept.
 */
export { connectJetStreamBus } from './jetstream-bus.ts';
export type { JetStreamBusOptions } from './jetstream-bus.ts';
export { NO_FAILINGS, createMemoryBroker, createRandom } from './memory-broker.ts';
export type { Failings, MemoryBroker } from './memory-broker.ts';
export { createMemoryBus } from './memory-bus.ts';
export type { MemoryBus, MemoryBusOptions } from './memory-bus.ts';
export { startNatsServer } from './nats-server.ts';
export type { NatsServer, NatsServerOptions } from './nats-server.ts';
export { RecordConflict } from './port.ts';
export type { Bus, Delivery, DurableSpec, JobRecord, JobRecords } from './port.ts';
export { MAX_TRIES, STREAMS } from './streams.ts';
export type { StreamRetention } from './streams.ts';
