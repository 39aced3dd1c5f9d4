/**
 * Runner: holds the hostile page. Enters: an assignment and work of the engine over the channel. Leaves: visits, cells, evidence.
 * Started as `main.ts` inside the pod (or as a plain process); nobody imports it.
 * It must never start the browser without its own sandbox, reach a network but through the proxy, or let a login leave the job's origins.
 */
export { runAssignment } from './run.ts';
