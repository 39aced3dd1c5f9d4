import styles from './severity.module.css';

/** What a mark can stand for: a severity, or a cause that needs a person. */
export type Mark = 'critical' | 'serious' | 'moderate' | 'minor' | 'info' | 'review';

/** In the order in which everything is shown. */
export const MARKS: readonly Mark[] = ['critical', 'serious', 'moderate', 'minor', 'info', 'review'];

const WORDS: Readonly<Record<Mark, string>> = {
  critical: 'Critical',
  serious: 'Serious',
  moderate: 'Moderate',
  minor: 'Minor',
  info: 'Info',
  review: 'Needs review',
};

/** The word for a mark. */
export const wordOf = (mark: Mark): string => WORDS[mark];

/** The mark of a cause. */
export function markOf(finding: { readonly outcome: string; readonly severity: Mark }): Mark {
  return finding.outcome === 'fail' ? finding.severity : 'review';
}

/** A shape of its own for every mark, so that colour is never the only sign. */
export function Glyph({ mark }: { readonly mark: Mark }) {
  return (
    <svg
      className={`${styles['glyph']} ${styles[mark]}`}
      viewBox="0 0 16 16"
      width="14"
      height="14"
      aria-hidden="true"
      focusable="false"
    >
      {mark === 'critical' && <path d="M8 1 15 8 8 15 1 8Z" fill="currentColor" />}
      {mark === 'serious' && <path d="M8 2 15 14H1Z" fill="currentColor" />}
      {mark === 'moderate' && <circle cx="8" cy="8" r="5.5" fill="currentColor" />}
      {mark === 'minor' && <circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" strokeWidth="2" />}
      {mark === 'info' && <path d="M3 8h10" stroke="currentColor" strokeWidth="2.5" />}
      {mark === 'review' && (
        <path
          d="M5 5.6C5 3.9 6.3 2.8 8 2.8s3 1.1 3 2.7c0 2.3-3 2.3-3 4.4M8 12v1.8"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
        />
      )}
    </svg>
  );
}

/** Glyph and word. */
export function Severity({ mark }: { readonly mark: Mark }) {
  return (
    <span className={`${styles['severity']} ${styles[mark]}`}>
      <Glyph mark={mark} />
      {WORDS[mark]}
    </span>
  );
}
