import X from 'lucide-react/icons/x';
import { lazy, Suspense } from 'react';
import type { JobView } from '@stageflow/engine/view';
import { navigate } from '../../app/location.ts';
import { call } from '../../api/call.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { useScannerTitles } from '../../state/scanners/use-titles.ts';
import { attempt } from '../../state/attempt.ts';
import { may } from '../../state/session/select.ts';
import { useApp } from '../../state/store.ts';
import { Show } from '../../ui/states.tsx';
import { shortStretch } from '../../ui/time.ts';
import styles from './cell-dialog.module.css';
import { cellWords, lookOfCell, rowsOf } from './cells.ts';
import { FoundList } from './found-list.tsx';

const Overlay = lazy(async () => ({ default: (await import('../../ui/overlay.tsx')).Overlay }));

/** A cell that is looked at. */
export interface OpenCell {
  readonly pageId: string;
  readonly scanner: string;
}

/** One cell: how it ended and why, what it found, and scanning it again. */
export function CellDialog({
  view,
  cell: { pageId, scanner },
  over,
  onClose,
}: {
  readonly view: JobView;
  readonly cell: OpenCell;
  readonly over: boolean;
  readonly onClose: () => void;
}) {
  const maySubmit = useApp(may('submit'));
  const titleOf = useScannerTitles();
  const row = rowsOf(view).find((one) => one.pageId === pageId);
  const cell = row?.cells.find((one) => one.scanner === scanner);
  if (!row) return null;
  const look = lookOfCell(row, scanner, over);
  const name = `${titleOf(scanner)} on ${row.name}`;
  const retry = () =>
    attempt(async () => {
      const path = { id: view.jobId, page: pageId, scanner };
      const made = await call('POST /api/v1/jobs/{id}/cells/{page}/{scanner}/retry', { path, body: {} });
      onClose();
      useApp.getState().notify('done', 'A new run scans this cell again and takes over everything else.');
      navigate(`/scan/${made.id}`);
    });
  return (
    <Suspense fallback={null}>
      <Overlay label={name} onClose={onClose} wide>
        <div className={styles['dialog']}>
          <header>
            <h2>
              <bdi>{name}</bdi>
            </h2>
            <button type="button" onClick={onClose} aria-label="Close">
              <X size={16} aria-hidden="true" />
            </button>
          </header>
          <p>
            {cellWords(look).replace(/^./, (c) => c.toUpperCase())}
            {cell ? `, in ${shortStretch(cell.milliseconds)}` : ''}
            {cell?.adoptedFrom != null ? ', taken over from an earlier run' : ''}.
          </p>
          {(cell?.failure ?? row.page?.failure) && (
            <p className={styles['failure']}>{(cell?.failure ?? row.page?.failure)?.sentence}</p>
          )}
          {look.kind === 'found' && <Found jobId={view.jobId} pageId={pageId} scanner={scanner} />}
          {maySubmit && (
            <p className={styles['acts']}>
              <button type="button" disabled={!over} onClick={() => void retry()}>
                Scan this cell again
              </button>
              {!over && <span className={styles['quiet']}>Possible once the run is over.</span>}
            </p>
          )}
        </div>
      </Overlay>
    </Suspense>
  );
}

function Found({ jobId, pageId, scanner }: OpenCell & { readonly jobId: string }) {
  const loaded = useLoaded(`${jobId} ${pageId} ${scanner}`, (signal) =>
    call('GET /api/v1/jobs/{id}/findings', { path: { id: jobId }, query: { page: pageId, scanner }, signal }),
  );
  return (
    <Show of={loaded} what="what was found">
      {({ findings }) => <FoundList jobId={jobId} findings={findings} withPlace />}
    </Show>
  );
}
