import { Glyph } from '../../ui/severity.tsx';
import type { CellLook } from './cells.ts';
import styles from './matrix.module.css';

/** A cell as a shape: what was found by its worst, everything else by a form of its own. Words stand beside it for those who do not see it. */
export function CellGlyph({ look }: { readonly look: CellLook }) {
  if (look.kind === 'found') {
    return (
      <span className={styles['found']} aria-hidden="true">
        <Glyph mark={look.worst} />
        {look.count}
      </span>
    );
  }
  return (
    <svg className={styles[look.kind]} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      {PATHS[look.kind]}
    </svg>
  );
}

const stroke = { fill: 'none', stroke: 'currentColor', strokeWidth: 2 } as const;

const PATHS: Readonly<Record<Exclude<CellLook['kind'], 'found'>, React.ReactNode>> = {
  waiting: <circle cx="8" cy="8" r="1.5" fill="currentColor" />,
  running: <path d="M8 2.5A5.500 5.500 0 1 1 2.500 8" {...stroke} />,
  none: <path d="M5 8h6" {...stroke} strokeWidth={1} />,
  clean: <path d="M3 8.500l3.500 3.500L13 5" {...stroke} />,
  failed: <path d="M3.500 3.500l9 9M12.500 3.500l-9 9" {...stroke} />,
  timeout: (
    <>
      <circle cx="8" cy="8" r="6" {...stroke} strokeWidth={1.5} />
      <path d="M8 4.500V8l2.500 2" {...stroke} strokeWidth={1.5} />
    </>
  ),
  skipped: <path d="M4 4l4 4-4 4M9 4l4 4-4 4" {...stroke} strokeWidth={1.5} />,
  blocked: (
    <>
      <circle cx="8" cy="8" r="6" {...stroke} strokeWidth={1.5} />
      <path d="M4 12L12 4" {...stroke} strokeWidth={1.5} />
    </>
  ),
  'not-measurable': <path d="M3 10c2-4 3-4 5-2s3 2 5-2" {...stroke} strokeWidth={1.5} />,
};
