/**
 * The report's screens.
 * Enters: a report of contract 2.0.0, a host that finds its evidence, and the address's hash, which holds screen and filter alike on
 * a disk, an object store and a server. Leaves: React elements. Called by the offline file (main.tsx) and by the app.
 * It must never fetch, store or trust anything: whatever stands in a report is text of strangers.
 *
 *   <ReportProvider report={report} host={host}>
 *     <ReportTabs />            the names of the screens
 *     <main><ReportScreen /></main>
 *   </ReportProvider>
 */
export { below, pathOf } from './host.ts';
export type { Baseline, Beside, Decision, Decisions, Evidence, ReportHost, SavedFilters } from './host.ts';
export { ReportProvider } from './provider.tsx';
export { ReportScreen } from './screen.tsx';
export { REPORT_KEYS, ReportTabs } from './tabs.tsx';
export { Trend } from './trend.tsx';
export type { TrendPoint } from './trend.tsx';
export { nameOf } from './words.ts';
