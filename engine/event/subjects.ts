import { EVENTS, type EventType } from './catalog.ts';

/** The streams of the contract. */
export const STREAM_NAMES = ['jobs', 'extraction', 'scan'] as const;
export type StreamName = (typeof STREAM_NAMES)[number];

/** The node name that bears the contract's plain durable names. */
export const MAIN_NODE = 'main';

/** A durable of the contract as data: one subject of one stream, one name. */
export interface Durable {
  readonly stream: StreamName;
  readonly subject: EventType;
  readonly durable: string;
}

/** Every subject, in the catalog's order. */
export const SUBJECTS = Object.keys(EVENTS) as readonly EventType[];

/** The stream that keeps a subject: its first part. */
export function streamOf(subject: EventType): StreamName {
  return subject.slice(0, subject.indexOf('.')) as StreamName;
}

/** The subjects of one stream: exactly the catalog's, nothing by wildcard. */
export function subjectsOf(stream: StreamName): readonly EventType[] {
  return SUBJECTS.filter((subject) => streamOf(subject) === stream);
}

const durable = (subject: EventType, name: string): Durable => ({ stream: streamOf(subject), subject, durable: name });

/** Events the orchestrator is told of by JetStream; their transition happens when they are received. */
export const ORCHESTRATOR_DURABLES: readonly Durable[] = [
  durable('jobs.events.created', 'orchestrator-job-created'),
  durable('extraction.events.ready', 'orchestrator-extraction-ready'),
  durable('extraction.events.failed', 'orchestrator-extraction-failed'),
  durable('scan.events.completed', 'orchestrator-scan-completed'),
  durable('scan.events.failed', 'orchestrator-scan-failed'),
];

const PROJECTION: readonly Durable[] = [
  durable('jobs.events.created', 'platform-api-job-created'),
  durable('extraction.events.ready', 'platform-api-extraction-ready'),
  durable('extraction.events.failed', 'platform-api-extraction-failed'),
  durable('scan.events.page.completed', 'platform-api-scan-page'),
  durable('scan.events.completed', 'platform-api-scan-completed'),
  durable('scan.events.failed', 'platform-api-scan-failed'),
  durable('jobs.events.completed', 'platform-api-job-completed'),
  durable('jobs.events.failed', 'platform-api-job-failed'),
];

/** The status projection's durables of one node: every node folds every event, so another node's names carry its own. */
export function projectionDurables(node: string = MAIN_NODE): readonly Durable[] {
  return node === MAIN_NODE ? PROJECTION : PROJECTION.map((row) => ({ ...row, durable: `${row.durable}-${node}` }));
}

/** All durables that a node declares and reads. */
export function durablesOf(node: string = MAIN_NODE): readonly Durable[] {
  return [...ORCHESTRATOR_DURABLES, ...projectionDurables(node)];
}

const RECEIVED: ReadonlySet<EventType> = new Set(ORCHESTRATOR_DURABLES.map((row) => row.subject));

/** True for events whose transition waits until the orchestrator receives them; all others transition when they are recorded. */
export function movesOnReceive(type: EventType): boolean {
  return RECEIVED.has(type);
}
