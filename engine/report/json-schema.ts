import { z } from 'zod';
import { REPORT_VERSION, Report, ScannerResults } from './schema.ts';

/** The published JSON Schema (draft 2020-12) of `report.json`. */
export function reportJsonSchema(): Record<string, unknown> {
  return published(Report, `report-${REPORT_VERSION}`, 'Stageflow report');
}

/** The published JSON Schema (draft 2020-12) of a module's `results.json`. */
export function resultsJsonSchema(): Record<string, unknown> {
  return published(ScannerResults, `results-${REPORT_VERSION}`, "Stageflow index of a module's results");
}

function published(schema: z.ZodType, id: string, title: string): Record<string, unknown> {
  return { $id: `urn:stageflow:${id}`, title, ...(z.toJSONSchema(schema) as Record<string, unknown>) };
}
