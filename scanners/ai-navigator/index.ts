/**
 * AI navigator: acts on a page as a visitor would, by pointer and by keyboard alone, and lets the page modules look at every state it reaches.
 * Enters: a tab of its own. Leaves: a transcript with pictures, the ways as a Playwright test, findings from both.
 * Called by the runner's explore lane. It must never leave the origin, spend or delete anything, or type what belongs to a person.
 */
import { defineExploreScanner } from '@stageflow/engine/sdk';
import { audit } from './audit.ts';
import { collect } from './collect.ts';

export default defineExploreScanner({ collect, audit });
