/**
 * Rules: one pure function per rule id of the manifest, page scope.
 * Enters: a Subject. Leaves: hits, or null where a rule does not apply. Called by the audit alone.
 * They must never reach outside the subject.
 */
import { type Check, subjectOf } from './check.ts';
import { contentRules } from './content.ts';
import { headRules } from './head.ts';
import { indexingRules } from './indexing.ts';
import { languageRules } from './languages.ts';
import { sharingRules } from './sharing.ts';
import { structuredDataRules } from './structured-data.ts';

export { subjectOf };

/** Every rule of page scope, by its id. */
export const pageRules: Readonly<Record<string, Check>> = {
  ...headRules,
  ...indexingRules,
  ...languageRules,
  ...contentRules,
  ...sharingRules,
  ...structuredDataRules,
};
