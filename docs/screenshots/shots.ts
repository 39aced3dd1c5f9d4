import type { Page } from 'playwright-core';
import type { Report } from '../../engine/report/index.ts';

/** What there is to take pictures of: one real job. */
export interface Stage {
  readonly report: Report;
  /** Address of its offline report. */
  readonly reportAddress: string;
}

/** One picture. It is taken light and dark. */
export interface Shot {
  /** Name of the file, without its ending. */
  readonly name: string;
  /** What it shows and what that proves: its alternative text wherever it stands. */
  readonly alt: string;
  /** Brings the page, which is empty and has the right size and scheme, to what is to be seen. */
  readonly show: (page: Page, stage: Stage) => Promise<void>;
}

/** Opens a screen of the offline report. */
async function open(page: Page, { reportAddress }: Stage, hash: string): Promise<void> {
  await page.goto(reportAddress + hash);
  await page.locator('[data-report-screen] h1').waitFor();
}

/** The finding that tells most: several witnesses, a picture, a standard. */
function telling({ findings }: Report): string {
  const told = findings.find(
    (f) =>
      f.witnesses.length > 1 &&
      f.standards.length > 0 &&
      f.occurrences.some((o) => o.screenshot !== null && o.line !== null),
  );
  return (told ?? findings[0])?.id ?? '';
}

/** Every picture of the documentation; a screen joins by a row here. */
export const SHOTS: readonly Shot[] = [
  {
    name: 'report-overview',
    alt: 'The report’s first screen: a verdict in one sentence, how much was looked at, causes counted by severity, the three fixes worth most with their pictures, and each module’s score with a dot for every page. Proves that one scan of a real archive gives one report over all modules.',
    show: (page, stage) => open(page, stage, '#/overview'),
  },
  {
    name: 'finding-detail',
    alt: 'One finding: whom it affects, how to fix it, the standard, two modules that agree, the element framed in a picture, its file and line in the archive, its markup, and the command that shows it again. Proves that a finding is a cause with evidence.',
    show: (page, stage) => open(page, stage, `#/findings/${telling(stage.report)}`),
  },
  {
    name: 'report-artifacts',
    alt: 'Every file that the scan kept, by module: kind, page, size, SHA-256, and a link to open or save it. Proves that raw results and evidence of each scanner are stored and named by hash.',
    show: (page, stage) => open(page, stage, '#/artifacts'),
  },
];
