import { type Check, CHECKS } from '@stageflow/engine/preflight';
import { dataDisk } from './data-disk.ts';
import { linger } from './linger.ts';
import { port } from './port.ts';
import { quadlets } from './quadlets.ts';

/** What a scan needs, and what a server needs beside it. Limits of pods and subordinate ids are among the first. */
export const SERVER_CHECKS: readonly Check[] = [...CHECKS, linger, quadlets, dataDisk, port];
