import { useMemo } from 'react';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Glyph, MARKS, wordOf } from '../ui/severity.tsx';
import { SeverityStrip } from '../ui/severity-strip.tsx';
import { LinksDrawing } from './links-drawing.tsx';
import { useModel } from './model.ts';
import { linkToPage } from './route.ts';
import styles from './table.module.css';

type Page = ReturnType<typeof useModel>['report']['pages'][number];

/** Every page with what shows on it, and how they link to each other. */
export function Pages() {
  const { report } = useModel();
  const columns = useMemo((): readonly Column<Page>[] => {
    const counts = new Map(report.summary.byPage.map((row) => [row.pageId, row.causes]));
    const marks = MARKS.filter((mark) => report.summary.byPage.some((row) => row.causes[mark] > 0));
    const most = Math.max(
      1,
      ...report.summary.byPage.map(({ causes }) => MARKS.reduce((sum, m) => sum + causes[m], 0)),
    );
    return [
      {
        name: 'Page',
        rowHead: true,
        narrow: 'bare',
        cell: (page) => (
          <>
            <a href={linkToPage(page.id)}>{page.path}</a>
            {page.title && <span className={styles['sub']}>{page.title}</span>}
          </>
        ),
      },
      {
        name: 'Visit',
        width: 130,
        cell: (page) => (
          <span className={styles['quiet']}>
            {page.status.replace('-', ' ')}
            {page.httpStatus !== null && page.httpStatus !== 200 && ` · HTTP ${page.httpStatus}`}
          </span>
        ),
      },
      {
        name: 'Share',
        width: 132,
        narrow: 'out',
        cell: (page) => {
          const causes = counts.get(page.id);
          return causes && page.status === 'scanned' ? (
            <SeverityStrip counts={causes} width={120} height={14} scale={most} />
          ) : null;
        },
      },
      ...marks.map(
        (mark): Column<Page> => ({
          name: wordOf(mark),
          head: (
            <>
              <Glyph mark={mark} />
              <span className={styles['hidden']}>{wordOf(mark)}</span>
            </>
          ),
          numeric: true,
          width: 60,
          cell: (page) => (page.status === 'scanned' ? (counts.get(page.id)?.[mark] ?? 0) : '–'),
        }),
      ),
    ];
  }, [report]);
  return (
    <>
      <h1 className={styles['title']}>Pages</h1>
      <LinksDrawing />
      <DataTable items={report.pages} columns={columns} keyOf={(page) => page.id} label="Pages" estimate={58} />
    </>
  );
}
