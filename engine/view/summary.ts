import type { JobView } from './job-view.ts';

/** A job in a list: its view without what grows with the site. */
export type JobSummary = Omit<JobView, 'pages' | 'siteCells' | 'skipped' | 'site'>;

/** The line of a list for a job; pure, as the fold is. */
export function summaryOf(view: JobView): JobSummary {
  const { pages: _pages, siteCells: _siteCells, skipped: _skipped, site: _site, ...summary } = view;
  return summary;
}
