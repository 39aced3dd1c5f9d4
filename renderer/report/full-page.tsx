import type { ReportOccurrence, ReportPage } from '@stageflow/engine/report-schema';
import { useState } from 'react';
import { besideFile } from './data.ts';
import styles from './full-page.module.css';
import { useModel } from './model.ts';

/** The whole page with the place marked on it, shown when asked for. */
export function FullPage({
  page,
  box,
}: {
  readonly page: ReportPage;
  readonly box: NonNullable<ReportOccurrence['box']>;
}) {
  const model = useModel();
  const [open, setOpen] = useState(false);
  const [natural, setNatural] = useState<{ readonly width: number; readonly height: number } | null>(null);
  const [gone, setGone] = useState(false);
  const address =
    page.screenshot === null ? null : (model.images[page.screenshot] ?? besideFile(model, page.screenshot));
  if (address === null || gone) return null;
  return (
    <div>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? 'Hide the full page' : 'Show on the full page'}
      </button>
      {open && (
        <div className={styles['frame']} tabIndex={0} role="region" aria-label="Full page">
          <div className={styles['sheet']}>
            <img
              src={address}
              alt={`Full page ${page.path}`}
              onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) =>
                setNatural({ width, height })
              }
              onError={() => setGone(true)}
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
