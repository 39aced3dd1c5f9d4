import { type KeyboardEvent, memo, useEffect, useMemo, useRef, useState } from 'react';
import type { JobView } from '@stageflow/engine/view';
import { useScannerTitles } from '../../state/scanners/use-titles.ts';
import type { OpenCell } from './cell-dialog.tsx';
import { CellGlyph } from './cell-glyph.tsx';
import { cellWords, lookOfCell, type MatrixRow, rowsOf } from './cells.ts';
import styles from './matrix.module.css';
import { useWindowed } from './use-windowed.ts';

const ROW = 36;

/** Pages by modules: how every cell is, as it happens. Arrows move, Enter opens; only the rows in sight are drawn. */
export function Matrix({
  view,
  over,
  open,
}: {
  readonly view: JobView;
  readonly over: boolean;
  readonly open: (cell: OpenCell) => void;
}) {
  const { modules } = view.spec;
  const titleOf = useScannerTitles();
  const rows = useMemo(() => rowsOf(view), [view.pages, view.siteCells]);
  const scroller = useRef<HTMLDivElement>(null);
  const { first, last } = useWindowed(scroller, rows.length, ROW);
  const [active, setActive] = useState({ row: 0, column: 0 });
  const row = Math.min(active.row, Math.max(0, rows.length - 1));
  const shown = rows.slice(first, last);
  const isDrawn = row >= first && row < last;
  useEffect(() => {
    const element = scroller.current;
    if (element && document.activeElement === element) reveal(element, row);
  }, [row]);
  if (rows.length === 0) {
    return (
      <section className={styles['empty']} aria-label="Pages and modules">
        <p>{over ? 'No page was reached.' : 'The first page appears here as soon as it is found.'}</p>
      </section>
    );
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW) / ROW) - 2);
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      PageDown: [page, 0],
      PageUp: [-page, 0],
      Home: [event.ctrlKey ? -rows.length : 0, -modules.length],
      End: [event.ctrlKey ? rows.length : 0, modules.length],
    };
    const move = moves[event.key];
    if (move) {
      event.preventDefault();
      setActive({
        row: Math.max(0, Math.min(rows.length - 1, row + move[0])),
        column: Math.max(0, Math.min(modules.length - 1, active.column + move[1])),
      });
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      const [at, scanner] = [rows[row], modules[active.column]];
      if (at && scanner) open({ pageId: at.pageId, scanner });
    }
  };
  return (
    <section className={styles['matrix']} aria-labelledby="matrix-title">
      <h2 id="matrix-title">
        Pages <span className={styles['hint']}>arrows move, Enter opens a cell</span>
      </h2>
      <div
        ref={scroller}
        className={styles['grid']}
        role="grid"
        aria-labelledby="matrix-title"
        aria-rowcount={rows.length + 1}
        aria-colcount={modules.length + 1}
        aria-activedescendant={isDrawn ? `cell-${row}-${active.column}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        style={{ '--columns': modules.length } as React.CSSProperties}
      >
        <div className={styles['head']} role="row" aria-rowindex={1}>
          <span role="columnheader">Page</span>
          {modules.map((scanner) => (
            <span key={scanner} role="columnheader" title={scanner}>
              {titleOf(scanner)}
            </span>
          ))}
        </div>
        <div role="rowgroup" className={styles['body']} style={{ height: rows.length * ROW }}>
          <div style={{ transform: `translateY(${first * ROW}px)` }} role="presentation">
            {shown.map((one, at) => (
              <Row
                key={one.pageId}
                row={one}
                index={first + at}
                modules={modules}
                active={first + at === row ? active.column : null}
                over={over}
                onPick={(column) => {
                  setActive({ row: first + at, column });
                  const scanner = modules[column];
                  if (scanner) open({ pageId: one.pageId, scanner });
                }}
              />
            ))}
          </div>
        </div>
      </div>
    </section>
  );
}

/** Brings a row into sight, below the heading that stays. */
function reveal(scroller: HTMLDivElement, row: number): void {
  const top = row * ROW;
  const room = scroller.clientHeight - 2 * ROW;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
}

interface RowProps {
  readonly row: MatrixRow;
  readonly index: number;
  readonly modules: readonly string[];
  readonly active: number | null;
  readonly over: boolean;
  readonly onPick: (column: number) => void;
}

/** Drawn again only when something in it changed: the fold leaves untouched pages as they are. */
const Row = memo(
  function Row({ row, index, modules, active, over, onPick }: RowProps) {
    return (
      <div className={styles['row']} role="row" aria-rowindex={index + 2}>
        <span role="rowheader" className={styles['name']} title={row.page?.url}>
          <bdi>{row.name}</bdi>
        </span>
        {modules.map((scanner, column) => {
          const look = lookOfCell(row, scanner, over);
          return (
            <span
              key={scanner}
              id={`cell-${index}-${column}`}
              role="gridcell"
              className={styles['cell']}
              data-active={active === column ? '' : undefined}
              title={`${scanner}: ${cellWords(look)}`}
              onClick={() => onPick(column)}
            >
              <CellGlyph look={look} />
              <span className="hidden-text">{cellWords(look)}</span>
            </span>
          );
        })}
      </div>
    );
  },
  (a, b) =>
    (a.row.page ?? a.row.cells) === (b.row.page ?? b.row.cells) &&
    a.row.name === b.row.name &&
    a.index === b.index &&
    a.active === b.active &&
    a.over === b.over &&
    a.modules === b.modules,
);
