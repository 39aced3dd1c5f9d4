import type { ReportFinding, ReportOccurrence, ReportPage } from '@stageflow/engine/report-schema';
import { useRef, useState } from 'react';
import { useKeys } from '../ui/keys.ts';
import { WebLink } from '../ui/web-link.tsx';
import { Enlarged } from './enlarged.tsx';
import styles from './finding-detail.module.css';
import { FullPage } from './full-page.tsx';
import { useModel } from './model.ts';
import { Picture } from './picture.tsx';
import { reproduceCommand } from './reproduce.ts';
import { linkToPage } from './route.ts';
import { whyNoPicture } from './words.ts';

/** One place of a cause: its picture, where it stands, what was measured, and how to see it again. E enlarges, S goes to the markup. */
export function Place({
  finding,
  place,
  at,
  total,
  setAt,
}: {
  readonly finding: ReportFinding;
  readonly place: ReportOccurrence;
  readonly at: number;
  readonly total: number;
  readonly setAt: (n: number) => void;
}) {
  const { pages, report } = useModel();
  const [large, setLarge] = useState(false);
  const snippet = useRef<HTMLPreElement>(null);
  useKeys({
    e: () => {
      if (place.screenshot !== null) setLarge(true);
    },
    s: () => snippet.current?.focus(),
  });
  const page = place.pageId === null ? undefined : pages.get(place.pageId);
  const alt = `The element on ${page?.path ?? place.url}`;
  const command = reproduceCommand(report, finding, place);
  return (
    <section className={styles['place']} aria-label="Place">
      <div className={styles['placeHead']}>
        <h2>{total === 1 ? 'Where' : `Place ${(at + 1).toLocaleString('en')} of ${total.toLocaleString('en')}`}</h2>
        {total > 1 && (
          <span className={styles['steps']}>
            <button type="button" onClick={() => setAt(at - 1)} disabled={at === 0} aria-label="Previous place">
              ←
            </button>
            <button type="button" onClick={() => setAt(at + 1)} disabled={at === total - 1} aria-label="Next place">
              →
            </button>
          </span>
        )}
      </div>
      {place.screenshot !== null && (
        <>
          <Picture key={place.screenshot} image={place.screenshot} alt={alt} className={styles['crop']} />
          <button type="button" className={styles['beside']} onClick={() => setLarge(true)}>
            Enlarge
          </button>
          {large && <Enlarged image={place.screenshot} alt={alt} close={() => setLarge(false)} />}
          {place.box === null && (
            <p className={styles['quiet']}>
              The module took this picture itself, in a window of its own size: its places are not those of the page’s
              picture.
            </p>
          )}
        </>
      )}
      {page && place.box && page.screenshot && <FullPage key={`${page.id} ${at}`} page={page} box={place.box} />}
      <Facts place={place} page={page} />
      {place.snippet !== null && (
        <pre ref={snippet} className={styles['snippet']} tabIndex={0} role="region" aria-label="Markup">
          <code>{place.snippet}</code>
        </pre>
      )}
      {place.screenshot === null && place.selector !== null && <p className={styles['quiet']}>{whyNoPicture(place)}</p>}
      {command !== null && (
        <>
          <h3 className={styles['small']}>See it again</h3>
          <pre className={styles['snippet']} tabIndex={0} role="region" aria-label="Command">
            <code>{command}</code>
          </pre>
        </>
      )}
    </section>
  );
}

function Facts({ place, page }: { readonly place: ReportOccurrence; readonly page: ReportPage | undefined }) {
  const { source } = useModel().report.job;
  // A build was served inside a pod that is gone: its addresses lead nowhere now.
  const gone = (address: string) =>
    source.kind === 'zip' && source.origin !== null && address.startsWith(source.origin);
  return (
    <dl className={styles['facts']}>
      <dt>Page</dt>
      <dd>
        {page ? <a href={linkToPage(page.id)}>{page.path}</a> : <WebLink href={place.url} />}
        {page && source.kind === 'urls' && (
          <span className={styles['says']}>
            <WebLink href={place.url} />
          </span>
        )}
      </dd>
      {place.file !== null && (
        <>
          <dt>File</dt>
          <dd>
            <code>
              <bdi>{place.file}</bdi>
              {place.line === null ? '' : `:${place.line}`}
              {place.column === null ? '' : `:${place.column}`}
            </code>
            {place.line === null && place.selector !== null && (
              <span className={styles['says']}>
                No line: this element was made or changed by a script, is inside a frame or a shadow root, or has a twin
                that it cannot be told from.
              </span>
            )}
          </dd>
        </>
      )}
      {place.target !== null && (
        <>
          <dt>Address</dt>
          <dd>{gone(place.target) ? place.target : <WebLink href={place.target} />}</dd>
        </>
      )}
      {place.selector !== null && (
        <>
          <dt>Element</dt>
          <dd>
            <code>{place.selector}</code>
          </dd>
        </>
      )}
      {place.message !== null && (
        <>
          <dt>Measured</dt>
          <dd className={styles['how']}>{place.message}</dd>
        </>
      )}
    </dl>
  );
}
