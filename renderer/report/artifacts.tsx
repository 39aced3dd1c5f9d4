import type { Report } from '@stageflow/engine/report-schema';
import { useMemo } from 'react';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { pathOf } from './host.ts';
import { useModel } from './model.ts';
import styles from './table.module.css';
import { count, size } from './words.ts';

type Artifact = Report['artifacts'][number];

/** Kinds that a browser shows; the others are saved. */
const SHOWN = new Set<Artifact['kind']>(['screenshot', 'crop', 'json']);

/** What one file of a kind is, and what several are. */
const KIND_WORDS: Readonly<Record<Artifact['kind'], readonly [string, string]>> = {
  screenshot: ['screenshot', 'screenshots'],
  crop: ['picture of an element', 'pictures of elements'],
  har: ['record of the network', 'records of the network'],
  trace: ['performance trace', 'performance traces'],
  html: ['page of the tool', 'pages of the tool'],
  raw: ['raw result', 'raw results'],
  findings: ['list of findings', 'lists of findings'],
  json: ['JSON document', 'JSON documents'],
  log: ['log', 'logs'],
  other: ['other file', 'other files'],
};

/** Everything that was kept: what it is, how large, its hash, and the way to it. */
export function Artifacts() {
  const { report, host, pages, scannerTitles } = useModel();
  const { artifacts } = report;
  const total = artifacts.reduce((sum, a) => sum + a.size, 0);
  const columns = useMemo(
    (): readonly Column<Artifact>[] => [
      { name: 'File', rowHead: true, narrow: 'bare', cell: (a) => <code>{pathOf(a.key)}</code> },
      { name: 'Kind', width: 160, cell: (a) => <span className={styles['quiet']}>{KIND_WORDS[a.kind][0]}</span> },
      {
        name: 'Of',
        width: 220,
        cell: (a) => (
          <span className={styles['quiet']}>
            {[
              a.scanner && (scannerTitles.get(a.scanner) ?? a.scanner),
              a.pageId && (pages.get(a.pageId)?.path ?? 'the site'),
            ]
              .filter(Boolean)
              .join(', ') || 'the job'}
          </span>
        ),
      },
      { name: 'Size', width: 96, numeric: true, cell: (a) => size(a.size) },
      {
        name: 'SHA-256',
        width: 150,
        cell: (a) => (a.sha256 === null ? '–' : <code title={a.sha256}>{a.sha256.slice(0, 12)}…</code>),
      },
      {
        name: 'Get it',
        width: 80,
        narrow: 'bare',
        cell: (a) => {
          const found = host.evidence(pathOf(a.key));
          if (found.url === null) return <span className={styles['quiet']}>kept with the job</span>;
          const name = pathOf(a.key).replaceAll('/', '-');
          return SHOWN.has(a.kind) && found.reach !== 'inside' ? (
            <a href={found.url} target="_blank" rel="noopener">
              Open<span className={styles['hidden']}> {pathOf(a.key)}</span>
            </a>
          ) : (
            <a href={found.url} download={name}>
              Save<span className={styles['hidden']}> {pathOf(a.key)}</span>
            </a>
          );
        },
      },
    ],
    [host, pages, scannerTitles],
  );
  return (
    <>
      <h1 className={styles['title']}>Artifacts</h1>
      <p className={styles['lead']}>
        {count(artifacts.length, 'file')}, {size(total)}. {host.artifactsLie}
      </p>
      {artifacts.length === 0 ? (
        <p className={styles['lead']}>Nothing was kept: no page was visited to its end.</p>
      ) : (
        <>
          <ByKind artifacts={artifacts} />
          <DataTable items={artifacts} columns={columns} keyOf={(a) => a.key} label="Files" estimate={50} />
        </>
      )}
    </>
  );
}

function kindCount(kind: Artifact['kind'], own: readonly Artifact[]): string {
  const many = own.filter((a) => a.kind === kind).length;
  return `${many.toLocaleString('en')} ${KIND_WORDS[kind][many === 1 ? 0 : 1]}`;
}

/** What each module kept: how many files of which kind, how many bytes. */
function ByKind({ artifacts }: { readonly artifacts: readonly Artifact[] }) {
  const { scannerTitles } = useModel();
  const owners = [...new Set(artifacts.map((a) => a.scanner))];
  return (
    <dl className={styles['facts']}>
      {owners.map((owner) => {
        const own = artifacts.filter((a) => a.scanner === owner);
        const kinds = [...new Set(own.map((a) => a.kind))].toSorted();
        return (
          <div key={owner ?? ''} className={styles['pair']}>
            <dt>{owner === null ? 'Pages and job' : (scannerTitles.get(owner) ?? owner)}</dt>
            <dd>
              {kinds.map((kind) => kindCount(kind, own)).join(', ')}; {size(own.reduce((sum, a) => sum + a.size, 0))}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
