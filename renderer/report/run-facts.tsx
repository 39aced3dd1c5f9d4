import { useModel } from './model.ts';
import { linkTo } from './route.ts';
import styles from './table.module.css';
import { count, duration } from './words.ts';

/** What a number depends on: when, on what, how the scan was bounded. */
export function RunFacts() {
  const { report } = useModel();
  const { job, provenance, scanners } = report;
  const { options } = job;
  const measuring = scanners.find((s) => s.facts['throttling'] !== undefined);
  const last = provenance.attempts.at(-1);
  const rows: readonly (readonly [string, string | null])[] = [
    ['Scanned', `${job.startedAt.slice(0, 16).replace('T', ' ')} UTC`],
    ['Took', provenance.timings.total === null ? null : duration(provenance.timings.total)],
    ['Attempts', job.attempt > 1 ? `${job.attempt}: it was resumed, what was done was kept` : null],
    ['Browser', last?.browser ? `${last.browser}, ${options.device}` : options.device],
    [
      'Pages',
      `at most ${options.maxPages.toLocaleString('en')}, ${options.depth} clicks deep; ${options.sample === 'template' ? 'costly modules look at one page per template' : 'every module looks at every page'}`,
    ],
    [
      'Measured',
      measuring
        ? `${count(options.lighthouseRuns, 'run')} per page, throttling ${String(measuring.facts['throttling'])}, machine benchmark ${String(measuring.facts['benchmarkIndex'] ?? 'unknown')}`
        : null,
    ],
    ['Modules', scanners.map((s) => `${s.title}${s.version === null ? '' : ` ${s.version}`}`).join(', ')],
  ];
  return (
    <section aria-labelledby="run">
      <h2 id="run">The run</h2>
      <dl className={styles['facts']}>
        {rows.map(([name, value]) =>
          value === null ? null : (
            <div key={name} className={styles['pair']}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      <p className={styles['more']}>
        <a href={linkTo('provenance')}>All of it, and the proofs</a>
      </p>
    </section>
  );
}
