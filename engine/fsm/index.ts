/**
 * Fsm: the job's life as a table and the one pure function that reads it.
 * Enters: a state, an event, a few facts. Leaves: the next state and commands, or a typed refusal.
 * Called by run (commands) and by the ledger through a port (state). It must never perform an effect or read a clock.
 */
export type { Command, CommandKind } from './commands.ts';
export { decide, legalEdges, nextState } from './decide.ts';
export type { Decision, Facts, Refusal } from './decide.ts';
export { fsmDiagram } from './diagram.ts';
export { TABLE } from './table.ts';
export type { Condition, Row } from './table.ts';
