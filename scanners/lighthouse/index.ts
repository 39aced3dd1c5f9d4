/**
 * lighthouse: Lighthouse's own measurement in a browser of its own, one run at a time, alone on the machine.
 * Enters: an address and the browser's flags. Leaves: the median run's report, trace and log; findings and scores from it.
 * Called by the runner's machine lane. It must never open a debugging port, and never share the machine while it measures.
 */
import { defineMachineScanner } from '@stageflow/engine/sdk';
import { audit } from './audit.ts';
import { collect } from './collect.ts';

export default defineMachineScanner({ collect, audit });
