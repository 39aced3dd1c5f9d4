import { type Mark, MARKS, wordOf } from './severity.tsx';
import styles from './severity-strip.module.css';

/** Counts by mark. */
export type Counts = Readonly<Record<Mark, number>>;

/** `2 critical, 1 needs review`. */
export function countsInWords(counts: Counts): string {
  const parts = MARKS.filter((mark) => counts[mark] > 0).map(
    (mark) => `${counts[mark].toLocaleString('en')} ${wordOf(mark).toLowerCase()}`,
  );
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

/** A strip whose parts are as long as their counts, worst first, set apart by gaps and by height so that colour is not the only sign. */
export function SeverityStrip({
  counts,
  width,
  height = 12,
  scale,
  named,
}: {
  readonly counts: Counts;
  readonly width: number;
  readonly height?: number;
  /** Count that fills the whole width; the sum of the counts unless told otherwise. */
  readonly scale?: number;
  /** Ids of the words that name it; without them the strip is only an ornament beside its numbers. */
  readonly named?: { readonly 'aria-labelledby': string; readonly 'aria-describedby': string };
}) {
  const present = MARKS.filter((mark) => counts[mark] > 0);
  const whole = scale ?? present.reduce((sum, mark) => sum + counts[mark], 0);
  const gap = 2;
  const room = Math.max(0, width - gap * MARKS.length);
  let x = 0;
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      focusable="false"
      {...(named ? { role: 'img', ...named } : { 'aria-hidden': true })}
    >
      {present.map((mark) => {
        const long = Math.max(3, (room * counts[mark]) / Math.max(1, whole));
        const from = x;
        x += long + gap;
        // Each step down is a little lower than the one before it.
        const tall = height * (1 - MARKS.indexOf(mark) * 0.12);
        return <rect key={mark} className={styles[mark]} x={from} y={height - tall} width={long} height={tall} />;
      })}
    </svg>
  );
}
