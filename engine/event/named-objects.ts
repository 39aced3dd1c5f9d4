import type { StoredArtifact } from '../scanner/index.ts';
import type { StageflowEvent } from './catalog.ts';

/** The objects that an event names. */
export function namedObjects(event: StageflowEvent): readonly StoredArtifact[] {
  switch (event.type) {
    case 'jobs.events.completed':
      return [event.data.report, event.data.html];
    case 'jobs.events.failed':
      return event.data.report === null ? [] : [event.data.report];
    case 'scan.events.cell.completed':
      return [event.data.raw, event.data.findings, ...event.data.evidence].filter((object) => object !== null);
    case 'scan.events.page.completed':
      return event.data.evidence;
    default:
      return [];
  }
}
