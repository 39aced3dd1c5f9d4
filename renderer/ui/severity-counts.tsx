import { Glyph, MARKS, type Mark, wordOf } from './severity.tsx';
import styles from './severity-counts.module.css';

/** Findings by severity in one line: only what there is, each with its shape. */
export function SeverityCounts({ counts }: { readonly counts: Readonly<Record<Mark, number>> }) {
  const there = MARKS.filter((mark) => counts[mark] > 0);
  if (there.length === 0) return <span className={styles['none']}>none found</span>;
  return (
    <span className={styles['counts']}>
      {there.map((mark) => (
        <span key={mark} className={styles['count']} title={wordOf(mark)}>
          <Glyph mark={mark} />
          {counts[mark].toLocaleString('en')}
          <span className="hidden-text"> {wordOf(mark)}</span>
        </span>
      ))}
    </span>
  );
}
