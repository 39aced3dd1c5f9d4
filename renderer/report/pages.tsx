import { Glyph, MARKS, wordOf } from '../ui/severity.tsx';
import { Paged } from '../ui/paged.tsx';
import { useModel } from './model.ts';
import { linkTo } from './route.ts';
import styles from './table.module.css';

/** Every page with what shows on it. */
export function Pages() {
  const { report } = useModel();
  const counts = new Map(report.summary.byPage.map((row) => [row.pageId, row.causes]));
  const marks = MARKS.filter((mark) => report.summary.byPage.some((row) => row.causes[mark] > 0));
  return (
    <>
      <h1 className={styles['title']}>Pages</h1>
      <Paged items={report.pages} size={200} noun="pages">
        {(part) => (
          <div className={styles['wide']} tabIndex={0} role="region" aria-label="Pages">
            <table>
              <thead>
                <tr>
                  <th scope="col">Page</th>
                  <th scope="col">Status</th>
                  {marks.map((mark) => (
                    <th key={mark} scope="col" className={styles['numeric']}>
                      <Glyph mark={mark} /> {wordOf(mark)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {part.map((page) => (
                  <tr key={page.id}>
                    <th scope="row" className={styles['name']}>
                      <a href={linkTo('findings', { page: page.id })}>{page.path}</a>
                      {page.title && <span className={styles['sub']}>{page.title}</span>}
                    </th>
                    <td className={styles['quiet']}>
                      {page.status}
                      {page.httpStatus !== null && page.httpStatus !== 200 && ` · HTTP ${page.httpStatus}`}
                    </td>
                    {marks.map((mark) => (
                      <td key={mark} className={styles['numeric']}>
                        {page.status === 'scanned' ? (counts.get(page.id)?.[mark] ?? 0) : '–'}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Paged>
    </>
  );
}
