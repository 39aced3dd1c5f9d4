import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Report } from '../../engine/report/index.ts';

/** A real server, and how to sign in there. */
interface Server {
  readonly origin: string;
  readonly token: string;
}

/** A job that is at work. */
interface Live extends Server {
  readonly jobId: string;
}

/** What there is to take pictures of when both scans are done. */
interface Finished extends Server {
  /** Job of the shop, and job of its repaired twin. */
  readonly before: string;
  readonly after: string;
  /** What the first found. */
  readonly report: Report;
  /** Address of its offline report. */
  readonly reportAddress: string;
}

/** One picture. It is taken light and dark. */
export interface Shot<T> {
  /** Name of the file, without its ending. */
  readonly name: string;
  /** What it shows and what that proves: its alternative text wherever it stands. */
  readonly alt: string;
  /** Brings the page, which is empty and has the right size and scheme, to what is to be seen. */
  readonly show: (page: Page, stage: T) => Promise<void>;
}

/** Opens a screen of the server, signed in as the printed address does it. */
async function visit(page: Page, { origin, token }: Server, path: string): Promise<void> {
  await page.goto(`${origin}/signin?${new URLSearchParams({ next: path })}#${token}`);
  await page.waitForURL(`${origin}${path}`);
}

/** Opens a screen of the offline report. */
async function open(page: Page, { reportAddress }: Finished, hash: string): Promise<void> {
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

/** Whether a third of what is known so far is done. */
const isWellUnderWay = `(() => {
  const bar = document.querySelector('progress[aria-label="Cells done"]');
  return bar !== null && bar.max > 10 && bar.value >= bar.max / 3;
})()`;

/** Pictures of a job at work. */
export const LIVE_SHOTS: readonly Shot<Live>[] = [
  {
    name: 'job-stream',
    alt: 'A scan at work: its steps from queued to done, pages and cells counted as they end, an estimate, every page against every module, and the first findings. Proves that progress is streamed while pods still scan.',
    async show(page, stage) {
      await visit(page, stage, `/scan/${stage.jobId}`);
      // The page's policy forbids conditions that Playwright evaluates inside it again and again.
      while (!(await page.evaluate(isWellUnderWay))) await wait(250);
      await page.getByText('arrows move, Enter opens a cell').waitFor();
    },
  },
];

/** Pictures of what came out, and of the form that starts the next scan. */
export const FINISHED_SHOTS: readonly Shot<Finished>[] = [
  {
    name: 'playground-create-job',
    alt: 'The form of a new scan: addresses, one a line, with a line’s number beside it, the place to drop an archive, four modules chosen of five with what each will take, and device, pages and limits. Proves that a scan is set up in one screen, with its cost known before it starts.',
    async show(page, stage) {
      await visit(page, stage, '/playground');
      await page
        .getByRole('textbox', { name: 'Addresses' })
        .fill('https://www.example.org/\nhttps://www.example.org/shop\nhttps://www.example.org/about');
      await page.getByRole('checkbox', { name: /^Lighthouse/ }).uncheck();
      await page.getByText(/^Takes /).waitFor();
    },
  },
  {
    name: 'report-overview',
    alt: 'The report’s first screen: a verdict in one sentence, how much was looked at, causes counted by severity, the three fixes worth most with their pictures, and each module’s score with a dot for every page. Proves that one scan of a real archive gives one report over all modules.',
    async show(page, stage) {
      // Tall enough for the scores below the fixes.
      await page.setViewportSize({ width: 1280, height: 1500 });
      await open(page, stage, '#/overview');
    },
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
  {
    name: 'compare',
    alt: 'Two scans side by side, a shop and its repaired twin: what makes them hard to compare, how many causes are new, fixed and the same, and what was fixed, worst first, each with its file and line. Proves that a cause is known again across scans, so that a change shows what it mended.',
    async show(page, stage) {
      await visit(page, stage, `/compare?${new URLSearchParams({ a: stage.before, b: stage.after })}`);
      await page.getByRole('heading', { name: /^Fixed/ }).waitFor();
    },
  },
];

/** Every picture of the documentation; a screen joins by a row above. */
export const SHOTS: readonly Pick<Shot<never>, 'name' | 'alt'>[] = [...LIVE_SHOTS, ...FINISHED_SHOTS];
