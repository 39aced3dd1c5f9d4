import { type ReactNode, type RefObject, useEffect, useId, useRef, useState } from 'react';
import styles from './figure.module.css';
import { usePrinting } from './printing.ts';

/** Width of a drawing on paper, in pixels: what A4 and Letter have between their margins. It is known at once, where a measured one comes after the page is printed. */
const PAPER_WIDTH = 680;

/** A drawing with its name, a sentence that says what it shows, and its twin: the same numbers as a table, for whoever does not see or trust pictures. */
export function Figure({
  title,
  says,
  table,
  children,
}: {
  readonly title: string;
  /** What the drawing shows, in words; its accessible description. */
  readonly says: string;
  readonly table: ReactNode;
  /** Draws for a width in pixels; give the SVG `role="img"` and these two ids. */
  readonly children: (
    width: number,
    named: { readonly 'aria-labelledby': string; readonly 'aria-describedby': string },
  ) => ReactNode;
}) {
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const measured = useWidth(frame);
  const printing = usePrinting();
  const width = printing ? PAPER_WIDTH : measured;
  return (
    <figure className={styles['figure']}>
      <figcaption>
        <span className={styles['title']} id={`${id}t`}>
          {title}
        </span>
        <span className={styles['says']} id={`${id}s`}>
          {says}
        </span>
      </figcaption>
      <div ref={frame} className={styles['frame']}>
        {width > 0 && children(width, { 'aria-labelledby': `${id}t`, 'aria-describedby': `${id}s` })}
      </div>
      <details className={styles['twin']} {...(printing ? { open: true } : {})}>
        <summary>The same as a table</summary>
        <div className={styles['scroll']} tabIndex={0} role="region" aria-label={`${title}, as a table`}>
          {table}
        </div>
      </details>
    </figure>
  );
}

/** Width of an element in whole pixels, 0 before it is known. */
function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
