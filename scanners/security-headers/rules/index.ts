/**
 * Rules: one pure function per rule id of the manifest.
 * Enters: a Subject. Leaves: hits, or null where a rule does not apply. Called by the audit alone.
 * They must never reach outside the subject.
 */
import { answerRules } from './answer.ts';
import { type Check, subjectOf } from './check.ts';
import { contentRules } from './content.ts';
import { cookieRules } from './cookies.ts';
import { cspRules } from './csp.ts';
import { guardRules } from './guards.ts';
import { transportRules } from './transport.ts';

export { subjectOf };

/** Every rule of page scope, by its id. */
export const pageRules: Readonly<Record<string, Check>> = {
  ...cspRules,
  ...transportRules,
  ...guardRules,
  ...cookieRules,
  ...contentRules,
  ...answerRules,
};
