import type { Report } from '@stageflow/engine/report-schema';
import { useMemo, useState } from 'react';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { pathOf } from './host.ts';
import { useModel } from './model.ts';
import { type Filter, go } from './route.ts';
import fields from './filter-fields.module.css';
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

/** Everything that was kept: what each module kept and its own report, then every file: what it is, how large, its hash, and the way to it. */
export function Artifacts({ filter }: { readonly filter: Filter }) {
  const { report, host, pages, scannerTitles } = useModel();
  const { artifacts } = report;
  const [there, setThere] = useState<boolean | null>(null);
  const total = artifacts.reduce((sum, a) => sum + a.size, 0);
  const shown = useMemo(() => narrowed(artifacts, filter), [artifacts, filter]);
  const set = (change: Partial<Filter>) =>
    go({ screen: 'artifacts', open: null, filter: { ...filter, ...change } }, true);
  const columns = useMemo(
    (): readonly Column<Artifact>[] => [
      { name: 'File', rowHead: true, narrow: 'bare', cell: (a) => <FileName path={pathOf(a.key)} /> },
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
        cell: (a) => <GetIt path={pathOf(a.key)} open={SHOWN.has(a.kind)} there={there} />,
      },
    ],
    [pages, scannerTitles, there],
  );
  const picture = artifacts.find(({ kind }) => kind === 'screenshot' || kind === 'crop');
  const { areThere } = host;
  return (
    <>
      <h1 className={styles['title']}>Artifacts</h1>
      <p className={styles['lead']}>
        {count(artifacts.length, 'file')}, {size(total)}. {host.artifactsLie}
      </p>
      {areThere && picture && (
        <p className={styles['lead']}>
          {there === null ? (
            <button type="button" onClick={() => void areThere(pathOf(picture.key)).then(setThere)}>
              Look whether they are here
            </button>
          ) : (
            <span role="status">
              {there ? 'They are here.' : 'They are not here. Whoever made this report has them with the job.'}
            </span>
          )}
        </p>
      )}
      {artifacts.length === 0 ? (
        <p className={styles['lead']}>Nothing was kept: no page was visited to its end.</p>
      ) : (
        <>
          <ByModule artifacts={artifacts} there={there} />
          <search className={`${styles['search']} ${fields['fields']}`}>
            <label>
              <span>Search the files</span>
              <input
                type="search"
                value={filter.text}
                placeholder="screenshot, har, cells…"
                onChange={({ target }) => set({ text: target.value })}
              />
            </label>
            <label>
              <span>Module</span>
              <select value={filter.module} onChange={({ target }) => set({ module: target.value })}>
                <option value="">All</option>
                <option value={NO_MODULE}>Pages and job</option>
                {report.scanners.map(({ id, title }) => (
                  <option key={id} value={id}>
                    {title}
                  </option>
                ))}
              </select>
            </label>
            <p role="status" className={styles['quiet']}>
              {shown.length === artifacts.length
                ? count(shown.length, 'file')
                : `${shown.length.toLocaleString('en')} of ${count(artifacts.length, 'file')}`}
            </p>
          </search>
          <DataTable items={shown} columns={columns} keyOf={(a) => a.key} label="Files" estimate={50} />
        </>
      )}
    </>
  );
}

/** In the address: files that are no module's. */
const NO_MODULE = 'none';

function narrowed(artifacts: readonly Artifact[], { text, module }: Filter): readonly Artifact[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return artifacts.filter((a) => {
    if (module !== '' && (a.scanner ?? NO_MODULE) !== module) return false;
    const told = `${pathOf(a.key)} ${KIND_WORDS[a.kind][0]}`.toLowerCase();
    return words.every((word) => told.includes(word));
  });
}

/** A path whose last part, which says what it is, stands out from the folders. */
function FileName({ path }: { readonly path: string }) {
  const at = path.lastIndexOf('/') + 1;
  return (
    <code className={styles['path']}>
      {path.slice(at)}
      <span className={styles['sub']}>{path.slice(0, at)}</span>
    </code>
  );
}

/** The way to one file, where there is one. */
function GetIt({
  path,
  open,
  there,
  word,
}: {
  readonly path: string;
  /** Shown by the browser rather than saved. */
  readonly open: boolean;
  /** What a look for the files found; null when nobody looked. */
  readonly there: boolean | null;
  readonly word?: string;
}) {
  const { host } = useModel();
  const found = host.evidence(path);
  if (found.url === null || (found.reach === 'perhaps' && there === false))
    return <span className={styles['quiet']}>kept with the job</span>;
  return open && found.reach !== 'inside' ? (
    <a href={found.url} target="_blank" rel="noopener">
      {word ?? 'Open'}
      <span className={styles['hidden']}> {path}</span>
    </a>
  ) : (
    <a href={found.url} download={path.replaceAll('/', '-')}>
      {word ?? 'Save'}
      <span className={styles['hidden']}> {path}</span>
    </a>
  );
}

function kindCount(kind: Artifact['kind'], own: readonly Artifact[]): string {
  const many = own.filter((a) => a.kind === kind).length;
  return `${many.toLocaleString('en')} ${KIND_WORDS[kind][many === 1 ? 0 : 1]}`;
}

interface Owner {
  readonly id: string | null;
  readonly title: string;
  readonly own: readonly Artifact[];
  /** Keys of its own index and report. */
  readonly results: string | null;
  readonly report: string | null;
}

/** What each module kept, and its own results and report. */
function ByModule({ artifacts, there }: { readonly artifacts: readonly Artifact[]; readonly there: boolean | null }) {
  const { report } = useModel();
  const rest = artifacts.filter((a) => a.scanner === null);
  const owners: readonly Owner[] = [
    ...report.scanners.map((scanner) => ({ ...scanner, own: artifacts.filter((a) => a.scanner === scanner.id) })),
    ...(rest.length === 0 ? [] : [{ id: null, title: 'Pages and job', own: rest, results: null, report: null }]),
  ];
  const columns: readonly Column<Owner>[] = [
    { name: 'Module', width: 180, rowHead: true, narrow: 'bare', cell: (owner) => owner.title },
    {
      name: 'Kept',
      cell: ({ own }) => (
        <span className={styles['quiet']}>
          {[...new Set(own.map((a) => a.kind))]
            .toSorted()
            .map((kind) => kindCount(kind, own))
            .join(', ') || 'nothing'}
        </span>
      ),
    },
    { name: 'Size', width: 96, numeric: true, cell: ({ own }) => size(own.reduce((sum, a) => sum + a.size, 0)) },
    {
      name: 'Its results',
      width: 120,
      cell: ({ results }) => results && <GetIt path={pathOf(results)} open there={there} word="JSON" />,
    },
    {
      name: 'Its report',
      width: 120,
      cell: ({ report: own }) => own && <GetIt path={pathOf(own)} open={false} there={there} word="HTML" />,
    },
  ];
  return <DataTable items={owners} columns={columns} keyOf={({ id }) => id ?? ''} label="What each module kept" />;
}
