import type { Report } from '@stageflow/engine/report-schema';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { duration, size } from './words.ts';
import { usePrinting } from '../ui/printing.ts';
import { useModel } from './model.ts';
import styles from './table.module.css';

type Attempt = Report['provenance']['attempts'][number];

/** How, with what and how safely the report came about. */
export function Provenance() {
  const { report } = useModel();
  const { provenance, job, scanners } = report;
  const { source, options } = job;
  return (
    <>
      <h1 className={styles['title']}>Provenance</h1>
      {provenance.notes.length > 0 && (
        <ul className={styles['notes']}>
          {provenance.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <h2 className={styles['heading']}>Input</h2>
      <Facts
        rows={{
          ...(source.kind === 'zip'
            ? {
                archive: `${source.filename}, ${size(source.bytes)}`,
                'SHA-256': source.sha256,
                'served as': source.origin,
                'production origin': source.productionOrigin,
              }
            : { addresses: source.urls.slice(0, 20).join(' '), mode: source.mode }),
          modules: job.modules.join(', '),
          device: options.device,
          'page limit': options.maxPages,
          'depth limit': options.depth,
          sampling: options.sample === 'template' ? 'one page per template where a module samples' : 'every page',
          'Lighthouse runs': options.lighthouseRuns,
          'assets allowed from': options.allowAssets.join(', ') || 'nowhere',
          'private hosts allowed': options.allowHosts.join(', ') || 'none',
          'login details given': options.access,
        }}
      />
      <h2 className={styles['heading']}>Machine</h2>
      <Facts
        rows={{
          Stageflow: provenance.engine,
          Node: provenance.node,
          isolation: provenance.isolation,
          ...prefixed('queue', provenance.queue),
          'time in all': provenance.timings.total === null ? null : duration(provenance.timings.total),
        }}
      />
      {scanners.map((scanner) => (
        <section key={scanner.id}>
          <h2 className={styles['heading']}>
            {scanner.title} {scanner.version}
          </h2>
          <Facts
            rows={{
              'cells done': scanner.cellsOk,
              'cells failed': scanner.cellsFailed,
              time:
                provenance.timings.cells[scanner.id] === undefined
                  ? null
                  : duration(provenance.timings.cells[scanner.id] ?? 0),
              ...scanner.facts,
            }}
          />
        </section>
      ))}
      {provenance.attempts.map((attempt) => (
        <AttemptOf key={attempt.attempt} attempt={attempt} />
      ))}
    </>
  );
}

function AttemptOf({ attempt }: { readonly attempt: Attempt }) {
  const printing = usePrinting();
  const names = [...new Set(attempt.egress.slice(0, 100).flatMap((row) => Object.keys(row)))].slice(0, 8);
  const columns = names.map((name): Column<Rows> => ({ name, cell: (row) => String(row[name] ?? '–') }));
  return (
    <section>
      <h2 className={styles['heading']}>Attempt {attempt.attempt}</h2>
      <Facts
        rows={{
          began: attempt.startedAt,
          ended: `${attempt.endedAt}, ${attempt.end}`,
          browser: attempt.browser,
          ...prefixed('sandbox', attempt.sandbox ?? { proof: 'none: the browser never started' }),
          ...prefixed('pod', attempt.pod),
          ...prefixed('version', attempt.versions),
          connections: attempt.egress.length === 0 ? 'none left the pod' : attempt.egress.length,
        }}
      />
      {attempt.egress.length > 0 && (
        <details {...(printing ? { open: true } : {})}>
          <summary>Connections</summary>
          <DataTable
            items={attempt.egress}
            columns={columns}
            keyOf={(_, at) => at}
            label={`Connections of attempt ${attempt.attempt}`}
          />
        </details>
      )}
    </section>
  );
}

type Rows = Readonly<Record<string, string | number | boolean | null>>;

const prefixed = (prefix: string, rows: Rows): Rows =>
  Object.fromEntries(Object.entries(rows).map(([name, value]) => [`${prefix} ${name}`, value]));

function Facts({ rows }: { readonly rows: Rows }) {
  return (
    <dl className={styles['facts']}>
      {Object.entries(rows).flatMap(([name, value]) => [
        <dt key={`${name} name`}>{name}</dt>,
        <dd key={name}>
          {value === null || value === '' ? '–' : value === true ? 'yes' : value === false ? 'no' : String(value)}
        </dd>,
      ])}
    </dl>
  );
}
