import type { ReportOccurrence, ReportPage } from '@stageflow/engine/report-schema';
import { useState } from 'react';
import styles from './full-page.module.css';
import { Picture } from './picture.tsx';

/** The whole page with the place marked on it, shown when asked for. */
export function FullPage({
  page,
  box,
}: {
  readonly page: ReportPage;
  readonly box: NonNullable<ReportOccurrence['box']>;
}) {
  const [open, setOpen] = useState(false);
  const [natural, setNatural] = useState<{ readonly width: number; readonly height: number } | null>(null);
  if (page.screenshot === null) return null;
  return (
    <div>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? 'Hide the full page' : 'Show on the full page'}
      </button>
      {open && (
        <div className={styles['frame']} tabIndex={0} role="region" aria-label="Full page">
          <div className={styles['sheet']}>
            <Picture
              image={page.screenshot}
              alt={`Full page ${page.path}`}
              className={styles['whole']}
              onSize={(width, height) => setNatural({ width, height })}
            />
            {natural && (
              <svg
                className={styles['marks']}
                viewBox={`0 0 ${natural.width} ${natural.height}`}
                preserveAspectRatio="none"
                aria-hidden="true"
              >
                <rect
                  ref={(rect) => rect?.scrollIntoView({ block: 'nearest' })}
                  x={box.x - 3}
                  y={box.y - 3}
                  width={box.width + 6}
                  height={box.height + 6}
                />
              </svg>
            )}
          </div>
        </div>
      )}
    </div>
  );
}
