import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { REPORT_VERSION } from '../../engine/report/index.ts';

/** Where the contract of `report.json` is published for other programs. */
const PUBLISHED = join(import.meta.dirname, `../../docs/reference/report-${REPORT_VERSION}.schema.json`);

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
formats.default(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(PUBLISHED, 'utf8')) as object);

/** What the published schema has against a parsed `report.json`, as `path what`; empty when it is valid. Judged by a validator that is not ours. */
export function againstPublishedSchema(report: unknown): string[] {
  return validate(report)
    ? []
    : (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message ?? one.keyword}`);
}
