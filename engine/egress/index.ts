/**
 * Egress: the only way from a job, or from the engine on a job's behalf, to the web.
 * Enters: a policy and raw `CONNECT` targets. Leaves: guarded sockets, refusals, the log of connections, robots rules.
 * Called by run. It must never dial a name (only an address it has judged), follow a redirect unjudged, or keep unbounded state.
 */
export { createEgress } from './egress.ts';
export type { DialAnswer, Egress } from './egress.ts';
export type { EgressCaps, EgressPolicy } from './policy.ts';
export type { Connection, EgressPorts } from './ports.ts';
export type { ConnectionRecord, EgressLog } from './record.ts';
export type { Refusal } from './guard.ts';
export { guardedFetch, probe } from './fetch.ts';
export type { GuardedRequest, GuardedResponse } from './fetch.ts';
export { robotsFrom } from './robots.ts';
