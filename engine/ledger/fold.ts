import type { StageflowEvent } from '../event/index.ts';
import type { Statements } from './statements.ts';

/** Keeps the tables of pages and cells in step with one new event, in the same transaction. */
export function foldEvent(sql: Statements, event: StageflowEvent, position: number | bigint): void {
  switch (event.type) {
    case 'scan.events.page.discovered':
      sql.insertPage.run(event.jobId, event.data.pageId, event.data.url, event.data.depth, event.data.place);
      return;
    case 'scan.events.page.visited':
      sql.visitPage.run(position, event.jobId, event.data.pageId);
      return;
    case 'scan.events.cell.completed':
      sql.insertCell.run(event.jobId, event.data.pageId, event.data.scanner, position);
      return;
    case 'scan.events.page.completed':
      sql.completePage.run(position, event.jobId, event.data.pageId);
      return;
    default:
  }
}
