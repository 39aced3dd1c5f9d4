/**
 * axe: the accessibility rules of axe-core, unmodified.
 * Enters: a loaded page. Leaves: axe's own result, trimmed; findings from it.
 * Called by the runner's page lane. `collect` leaves nothing behind in the page but axe itself; `audit` sees only the stored result.
 */
import { definePageScanner } from '@stageflow/engine/sdk';
import { audit } from './audit.ts';
import { collect } from './collect.ts';

export default definePageScanner({ collect, audit, collectState: collect });
