import { type Key, memo, type ReactNode, type Ref, useImperativeHandle, useRef } from 'react';
import styles from './data-table.module.css';
import { usePrinting } from './printing.ts';
import { useVisibleRows } from './visible-rows.ts';

/** A column of a table. */
export interface Column<T> {
  /** Its name; on narrow screens, where a row becomes a block, it stands before each value. */
  readonly name: string;
  /** What its head shows, when that is more than the name. */
  readonly head?: ReactNode;
  readonly cell: (item: T, index: number) => ReactNode;
  readonly numeric?: boolean;
  /** Pixels; the columns without one share the rest. Rows must not decide it: only some of them stand in the page. */
  readonly width?: number;
  /** The cell that names the row. */
  readonly rowHead?: boolean;
  /** Narrow screens: shows the value without the name, or leaves the column out. */
  readonly narrow?: 'bare' | 'out';
}

/** What a caller may do with a table. */
export interface TableHandle {
  /** Brings a row into the page and view; its element then bears `data-row`. */
  readonly reveal: (index: number) => void;
  readonly rowElement: (index: number) => HTMLElement | null;
}

/** Rows up to which a table is simply whole. */
const WHOLE = 80;
/** Rows that paper gets at most. */
const MOST_ON_PAPER = 2000;

/** Pixels that columns with a width of their own may take on paper: the others need the rest. */
const FIXED_ON_PAPER = 400;

/** The columns as paper has room for them: those that a narrow window goes without are left out, and the fixed ones are narrower. */
function onPaper<T>(columns: readonly Column<T>[]): readonly Column<T>[] {
  const fixed = (of: readonly Column<T>[]) => of.reduce((sum, { width = 0 }) => sum + width, 0);
  if (fixed(columns) <= FIXED_ON_PAPER) return columns;
  const needed = columns.filter(({ narrow }) => narrow !== 'out');
  const scale = Math.min(1, FIXED_ON_PAPER / fixed(needed));
  return needed.map((column) =>
    column.width === undefined ? column : { ...column, width: Math.floor(column.width * scale) },
  );
}

/** A table of any length: only rows near the window stand in the page, yet it counts and scrolls as a whole, and prints whole. */
export function DataTable<T>({
  items,
  columns: given,
  keyOf,
  label,
  estimate = 44,
  groupHead,
  rowClass,
  ref,
}: {
  readonly items: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T, index: number) => Key;
  readonly label: string;
  /** Height of a row in pixels before it was seen. */
  readonly estimate?: number;
  /** Content of a head over the rows that follow, for items that are one; null for the others. */
  readonly groupHead?: (item: T) => ReactNode;
  readonly rowClass?: (item: T, index: number) => string | undefined;
  readonly ref?: Ref<TableHandle>;
}) {
  const body = useRef<HTMLTableSectionElement>(null);
  const printing = usePrinting();
  const columns = printing ? onPaper(given) : given;
  const shown = printing ? items.slice(0, MOST_ON_PAPER) : items;
  const whole = printing || shown.length <= WHOLE;
  const { from, to, above, under, reveal } = useVisibleRows(body, shown.length, estimate, whole);
  useImperativeHandle(ref, () => ({
    reveal,
    rowElement: (index) => body.current?.querySelector<HTMLElement>(`:scope > [data-row="${index}"]`) ?? null,
  }));
  return (
    <>
      <table className={styles['table']} role="table" aria-label={label} aria-rowcount={items.length + 1}>
        <colgroup>
          {columns.map(({ width }, at) => (
            <col key={at} style={width === undefined ? undefined : { width }} />
          ))}
        </colgroup>
        <thead role="rowgroup">
          <tr role="row" aria-rowindex={1}>
            {columns.map((column, at) => (
              <th key={at} role="columnheader" scope="col" className={column.numeric ? styles['numeric'] : undefined}>
                {column.head ?? column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" ref={body}>
          {above > 0 && <Room height={above} columns={columns.length} />}
          {shown.slice(from, to).map((item, offset) => {
            const index = from + offset;
            const head = groupHead?.(item) ?? null;
            const key = keyOf(item, index);
            if (head === null)
              return (
                <Row
                  key={key}
                  item={item}
                  index={index}
                  columns={columns as readonly Column<unknown>[]}
                  className={rowClass?.(item, index)}
                />
              );
            return (
              <tr key={key} role="row" aria-rowindex={index + 2} data-row={index} className={styles['group']}>
                <th role="rowheader" scope="rowgroup" colSpan={columns.length}>
                  {head}
                </th>
              </tr>
            );
          })}
          {under > 0 && <Room height={under} columns={columns.length} />}
        </tbody>
      </table>
      {shown.length < items.length && (
        <p className={styles['left']}>
          {(items.length - shown.length).toLocaleString('en')} more rows are in the report’s JSON and CSV forms.
        </p>
      )}
    </>
  );
}

/** One row. Remembered, so that scrolling draws only the rows that come. */
const Row = memo(function Row({
  item,
  index,
  columns,
  className,
}: {
  readonly item: unknown;
  readonly index: number;
  readonly columns: readonly Column<unknown>[];
  readonly className: string | undefined;
}) {
  return (
    <tr role="row" aria-rowindex={index + 2} data-row={index} className={className}>
      {columns.map((column, at) => (
        <Cell key={at} column={column} item={item} index={index} />
      ))}
    </tr>
  );
});

function Cell<T>({ column, item, index }: { readonly column: Column<T>; readonly item: T; readonly index: number }) {
  const Tag = column.rowHead ? 'th' : 'td';
  const classes = [
    column.numeric && styles['numeric'],
    column.rowHead && styles['name'],
    styles[column.narrow ?? 'named'],
  ];
  return (
    <Tag
      role={column.rowHead ? 'rowheader' : 'cell'}
      {...(column.rowHead ? { scope: 'row' } : {})}
      className={classes.filter(Boolean).join(' ')}
      data-name={column.name}
    >
      {column.cell(item, index)}
    </Tag>
  );
}

/** The room of the rows that are not in the page. */
function Room({ height, columns }: { readonly height: number; readonly columns: number }) {
  return (
    <tr role="presentation" aria-hidden="true" className={styles['room']}>
      <td role="presentation" colSpan={columns} style={{ height }} />
    </tr>
  );
}
