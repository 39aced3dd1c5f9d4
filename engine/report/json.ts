import { Report } from './schema.ts';

/** `report.json`: the contract's document, checked against it before it is written. Throws when the report breaks the contract. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(Report.parse(report), null, 1)}\n`;
}
