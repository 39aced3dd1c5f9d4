/**
 * Model: asks a language model for the next step towards a goal, for the navigator.
 * Enters: the goal and what the runner saw. Leaves: one checked action, and what it cost. Called by run.
 * The key never leaves this room but as a header of its own endpoint; nothing of a page is ever an instruction.
 */
export { createPlanner, type Planner } from './planner.ts';
export { type ModelPorts, ModelSettings } from './settings.ts';
