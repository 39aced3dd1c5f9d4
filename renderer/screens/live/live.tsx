import { useEffect, useState } from 'react';
import type { JobView } from '@stageflow/engine/view';
import type { Params } from '../../app/routes.ts';
import { useApp } from '../../state/store.ts';
import { LinkWord } from '../../ui/link-word.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { Acts } from './acts.tsx';
import { CellDialog, type OpenCell } from './cell-dialog.tsx';
import { EndWord } from './end-word.tsx';
import { FirstFindings } from './first-findings.tsx';
import styles from './live.module.css';
import { Log } from './log.tsx';
import { Matrix } from './matrix.tsx';
import { Progress } from './progress.tsx';
import { StateStrip } from './state-strip.tsx';
import { useStanding } from './use-standing.ts';

/** A run as it happens, and how it ended. */
export default function Live({ params: { id = '' } }: { readonly params: Params }) {
  const watched = useApp((state) => state.watched);
  const watch = useApp((state) => state.watch);
  useEffect(() => watch(id), [watch, id]);
  if (watched?.removed) {
    return (
      <Empty title="This run was removed" action={<a href="/">Show all runs</a>}>
        Somebody removed it with its report and its proof.
      </Empty>
    );
  }
  if (watched?.view) return <Run view={watched.view} />;
  if (watched?.link.state === 'refused')
    return <Failed problem={watched.link.problem} retry={() => location.reload()} />;
  if (watched)
    return (
      <>
        <LinkWord link={watched.link} heardAt={null} />
        <Loading what="the run" screen="Scan" />
      </>
    );
  return <Loading what="the run" screen="Scan" />;
}

function Run({ view }: { readonly view: JobView }) {
  const { jobId, state, spec, progress } = view;
  const link = useApp((app) => app.watched?.link ?? { state: 'connecting' as const });
  const heardAt = useApp((app) => app.watched?.heardAt ?? null);
  const over = state === 'DONE' || state === 'FAILED';
  const standing = useStanding(jobId, state);
  const [open, setOpen] = useState<OpenCell | null>(null);
  const name = spec.label ?? spec.source;
  useEffect(() => {
    const at = over ? '' : `${progress.pagesDone}/${progress.pagesKnown} · `;
    document.title = `${at}${name} · Stageflow`;
  }, [over, progress.pagesDone, progress.pagesKnown, name]);
  useSpoken(view);
  return (
    <div className={styles['run']}>
      <header className={styles['head']}>
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <Acts view={view} standing={standing} />
      </header>
      <LinkWord link={link} heardAt={heardAt} />
      <StateStrip view={view} standing={standing} />
      {over ? <EndWord view={view} /> : <Progress view={view} standing={standing} />}
      <div className={styles['columns']}>
        <Matrix view={view} over={over} open={setOpen} />
        <FirstFindings view={view} over={over} />
      </div>
      <Log view={view} />
      {open !== null && <CellDialog view={view} cell={open} over={over} onClose={() => setOpen(null)} />}
    </div>
  );
}

/** Tells screen readers of steps, not of every cell: states as they change, pages now and then. */
function useSpoken({ state, progress, failure, verdict }: JobView): void {
  const announce = useApp((app) => app.announce);
  const tenth = progress.pagesKnown === 0 ? 0 : Math.floor((10 * progress.pagesDone) / progress.pagesKnown);
  useEffect(() => {
    if (state === 'FAILED') announce(failure?.sentence ?? 'The run failed.', 'assertive');
    else if (state === 'DONE') announce(verdict === 'incomplete' ? 'Done, with parts missing.' : 'Done.');
    else if (state === 'COMPLETING') announce('All pages are scanned; the report is being put together.');
  }, [state, failure, verdict, announce]);
  useEffect(() => {
    const { pagesDone, pagesKnown } = progress;
    if (tenth > 0 && tenth < 10) announce(`${pagesDone} of ${pagesKnown} pages are scanned.`);
    // Once for each tenth, not for each page.
  }, [tenth, announce]);
}
