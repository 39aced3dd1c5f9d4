import { useCallback, useEffect, useState } from 'react';
import { navigate } from '../../app/location.ts';
import { keyNames, useShortcuts } from '../../app/shortcuts.ts';
import { call } from '../../api/call.ts';
import { desktop } from '../../api/desktop.ts';
import { SERVER } from '../../api/place.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import type { Accepted, Scanner } from '../../api/schema.ts';
import { uploadArchive, type UploadProgress } from '../../api/upload.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { may } from '../../state/session/select.ts';
import { useApp } from '../../state/store.ts';
import { Empty, Show } from '../../ui/states.tsx';
import { AddressField } from './address-field.tsx';
import { ArchiveField } from './archive-field.tsx';
import { Choices } from './choices.tsx';
import { costWords, loadCost, totalOf } from './estimate.ts';
import { ModuleList } from './module-list.tsx';
import { planOf } from './plan.ts';
import styles from './playground.module.css';
import { hindrance, urlJob, zipOptions } from './request.ts';
import { useOffered } from './use-offered.ts';
import { WhereToRun } from './where-to-run.tsx';
import type { ZipSummary } from './zip-summary.ts';

/** The API offers no other place. */
const WHERE =
  desktop === null || SERVER !== null
    ? 'Runs on this server, in a container of its own; to run it on another one, sign in there.'
    : 'Runs on this computer, in a container of its own.';

/** A new scan: what is to be scanned, by which modules, how; then it starts. */
export default function Playground() {
  const maySubmit = useApp(may('submit'));
  useOffered();
  const loaded = useLoaded(
    'scanners',
    useApp((state) => state.loadScanners),
  );
  if (!maySubmit) {
    return (
      <Empty title="Your token only reads">
        Ask an administrator for one that may start scans, then sign in with it.
      </Empty>
    );
  }
  return (
    <Show of={loaded} what="the modules" screen="New scan">
      {(scanners) => <Form scanners={scanners} />}
    </Show>
  );
}

function Form({ scanners }: { readonly scanners: readonly Scanner[] }) {
  const draft = useApp((state) => state.draft);
  const changeDraft = useApp((state) => state.changeDraft);
  const [summary, setSummary] = useState<ZipSummary | null>(null);
  const { start, stop, sending, problem } = useStart();
  const chosen = scanners.filter(({ id, defaultOn }) =>
    draft.modules === null ? defaultOn : draft.modules.includes(id),
  );
  const why = hindrance(
    draft,
    chosen.map(({ id }) => id),
  );
  const [asked, setAsked] = useState(false);
  const go = useCallback(() => {
    setAsked(true);
    if (why === null) void start();
    else useApp.getState().announce(why, 'assertive');
  }, [why, start]);
  useShortcuts('New scan', [{ keys: 'mod+Enter', label: 'Start the scan', inFields: true, run: go }]);
  const plan = planOf(draft, summary);
  return (
    <form
      className={styles['form']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <WhereToRun />
      <h1>New scan</h1>
      <div className={styles['halves']}>
        <AddressField />
        <p className={styles['or']} aria-hidden="true">
          or
        </p>
        <ArchiveField summary={summary} setSummary={setSummary} />
      </div>
      <ModuleList scanners={scanners} chosen={chosen} plan={plan} choose={(modules) => changeDraft({ modules })} />
      <Choices lighthouse={chosen.some(({ id }) => id === 'lighthouse')} />
      <div className={styles['foot']}>
        {problem !== null && (
          <p className={styles['problem']} role="alert">
            {problem.sentence}
          </p>
        )}
        {sending !== null ? (
          <Sending progress={sending} stop={stop} />
        ) : (
          <div className={styles['go']}>
            <button type="submit" className={`primary ${styles['start']}`} aria-describedby="why">
              Start scan <kbd aria-hidden="true">{keyNames('mod+Enter').join(' ')}</kbd>
            </button>
            <p id="why" className={asked && why !== null ? styles['why'] : styles['estimate']}>
              {why ??
                `Takes ${costWords(totalOf(chosen, plan))}: ${costWords(loadCost(plan))} to load the pages, and what the chosen modules add. ${WHERE}`}
            </p>
          </div>
        )}
      </div>
    </form>
  );
}

/** Starts a scan and goes to it. `sending` is there while it is on its way. */
function useStart() {
  const [sending, setSending] = useState<UploadProgress | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState<AbortController | null>(null);
  useEffect(() => () => turn?.abort(), [turn]);
  const start = async () => {
    const { draft, session, clearDraft, notify, prefer } = useApp.getState();
    const mine = new AbortController();
    setTurn(mine);
    setProblem(null);
    setSending({ sent: 0, total: draft.file?.size ?? 0 });
    try {
      const made: Accepted =
        draft.file === null
          ? await call('POST /api/v1/jobs/url', { body: urlJob(draft), signal: mine.signal })
          : await uploadArchive(draft.file, zipOptions(draft), {
              uploads: session?.uploads ?? 'server',
              onProgress: setSending,
              signal: mine.signal,
            });
      if (draft.file !== null) prefer({ lastScan: zipOptions({ ...draft, label: '', siteUrl: '' }) });
      clearDraft();
      if (made.notes.length > 0) notify('done', made.notes.join(' '));
      navigate(`/scan/${made.id}`);
    } catch (error) {
      if (!mine.signal.aborted) setProblem(asProblem(error));
    } finally {
      setSending(null);
    }
  };
  return { start, stop: () => turn?.abort(), sending, problem };
}

function Sending({
  progress: { sent, total },
  stop,
}: {
  readonly progress: UploadProgress;
  readonly stop: () => void;
}) {
  const percent = total === 0 ? null : Math.floor((100 * sent) / total);
  const words =
    percent === null
      ? 'Starting…'
      : percent < 100
        ? `Sending the archive, ${percent} %`
        : 'The server looks at the archive…';
  return (
    <div className={styles['sending']}>
      <label htmlFor="sending">{words}</label>
      <progress id="sending" max={total || 1} value={percent === null ? undefined : sent} />
      <button type="button" onClick={stop}>
        Stop
      </button>
    </div>
  );
}
