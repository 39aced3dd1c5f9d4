import { type LinkGraph, readLinkGraph } from '@stageflow/engine/drawing';
import { Figure } from '../ui/figure.tsx';
import { PlainTable } from '../ui/plain-table.tsx';
import { type Dot, layOut } from './link-layout.ts';
import styles from './links-drawing.module.css';
import { useModel } from './model.ts';
import { type Drawing, useDrawing } from './use-drawing.ts';
import { count } from './words.ts';

/** Which page links to which, where a module kept that. */
export function useLinkGraph(): Drawing<LinkGraph> {
  const { report } = useModel();
  const key = report.artifacts.find((a) => a.key.endsWith('/evidence/_site/link-graph.json'))?.key ?? null;
  return useDrawing(key, readLinkGraph);
}

/** Which page links to which, and where links lead to nothing; nothing when no module kept the links. */
export function LinksDrawing() {
  const drawing = useLinkGraph();
  return drawing.state === 'ready' && drawing.data.pages.length > 0 ? <Links graph={drawing.data} /> : null;
}

function Links({ graph }: { readonly graph: LinkGraph }) {
  const { pages } = useModel();
  const path = (index: number) => pages.get(graph.pages[index] ?? '')?.path ?? '?';
  const says =
    graph.broken.length === 0
      ? `${count(graph.pages.length, 'page')}, ${count(graph.links.length, 'link')} between them, none broken.`
      : `${count(graph.pages.length, 'page')}; ${count(graph.broken.length, 'address')} that links lead to ${graph.broken.length === 1 ? 'is' : 'are'} not there. Columns go by clicks from the entry.`;
  return (
    <Figure
      title="How pages link to each other"
      says={says.replace('addresss', 'addresses')}
      table={<Twin graph={graph} path={path} />}
    >
      {(width, named) => <Net graph={graph} width={width} named={named} path={path} />}
    </Figure>
  );
}

/** Pages told in the table, and addresses named in one cell of it. */
const MOST = { pages: 200, named: 20 } as const;

const named = (paths: readonly string[]): string =>
  paths.slice(0, MOST.named).join(', ') +
  (paths.length > MOST.named ? ` and ${(paths.length - MOST.named).toLocaleString('en')} more` : '');

/** Everything that the drawing shows: where links lead to nothing, and which page leads to which. */
function Twin({ graph, path }: { readonly graph: LinkGraph; readonly path: (index: number) => string }) {
  const to = Map.groupBy(graph.links, ([from]) => from);
  const from = Map.groupBy(graph.links, ([, target]) => target);
  const left = graph.pages.length - MOST.pages;
  return (
    <>
      {graph.broken.length > 0 && (
        <PlainTable
          head={['Address that is not there', 'Answer', 'Linked from']}
          rows={graph.broken.map((target) => [
            target.url,
            target.status ?? target.reason ?? 'none',
            named(target.from.map(path)),
          ])}
        />
      )}
      <PlainTable
        head={['Page', 'Leads to', 'Pages that lead to it']}
        rows={graph.pages
          .slice(0, MOST.pages)
          .map((_, index) => [
            path(index),
            named((to.get(index) ?? []).map(([, target]) => path(target))) || 'no page',
            (from.get(index)?.length ?? 0).toLocaleString('en'),
          ])}
      />
      {left > 0 && <p>{count(left, 'page')} more are in the JSON document of the links.</p>}
    </>
  );
}

function Net({
  graph,
  width,
  named,
  path,
}: {
  readonly graph: LinkGraph;
  readonly width: number;
  readonly named: { readonly 'aria-labelledby': string; readonly 'aria-describedby': string };
  readonly path: (index: number) => string;
}) {
  const { pages } = useModel();
  const layout = layOut(graph, (id) => pages.get(id)?.depth ?? 0, width);
  const faulty = new Set(layout.brokenLinks.map(([from]) => from));
  return (
    <>
      <svg role="img" {...named} width={width} height={layout.height} viewBox={`0 0 ${width} ${layout.height}`}>
        {layout.links.map(([from, to], i) => (
          <path key={i} className={styles['link']} d={curve(layout.pages[from], layout.pages[to])} />
        ))}
        {layout.brokenLinks.map(([from, to], i) => (
          <path key={i} className={styles['brokenLink']} d={curve(layout.pages[from], layout.broken[to])} />
        ))}
        {layout.pages.map((dot, i) => (
          <circle
            key={dot.index}
            className={faulty.has(i) ? styles['faulty'] : styles['page']}
            cx={dot.x}
            cy={dot.y}
            r="5"
          >
            <title>{path(dot.index)}</title>
          </circle>
        ))}
        {layout.broken.map((dot) => (
          <path key={dot.index} className={styles['gone']} d={`M${dot.x - 5} ${dot.y - 5}l10 10m0 -10l-10 10`}>
            <title>{graph.broken[dot.index]?.url}</title>
          </path>
        ))}
      </svg>
      {(layout.left.pages > 0 || layout.left.links > 0) && (
        <p className={styles['left']}>
          Not drawn for want of room: {count(layout.left.pages, 'page')}, {count(layout.left.links, 'link')}.
        </p>
      )}
    </>
  );
}

function curve(from: Dot | undefined, to: Dot | undefined): string {
  if (!from || !to) return '';
  const bend = from.x === to.x ? 28 : (to.x - from.x) / 2;
  return `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - (from.x === to.x ? -bend : bend)} ${to.y} ${to.x} ${to.y}`;
}
