import X from 'lucide-react/icons/x';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import type { MadeShare, ShareInclude, SharePreview } from '../../api/schema.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { count } from '../../report/words.ts';
import { useApp } from '../../state/store.ts';
import { Overlay } from '../../ui/overlay.tsx';
import { Show } from '../../ui/states.tsx';
import { MadeLink } from './made-link.tsx';
import styles from './share.module.css';
import { ShareList } from './share-list.tsx';

const CLASSES: Readonly<Record<keyof ShareInclude, string>> = {
  har: 'Recorded network traffic',
  raw: 'Raw results of the modules',
  traces: 'Performance traces',
  transcripts: 'Transcripts of the navigator',
};

/** Makes a link for anybody: says first what it shows and what is painted over, then gives it, and takes it back. */
export default function ShareDialog({ jobId, onClose }: { readonly jobId: string; readonly onClose: () => void }) {
  const preview = useLoaded(`preview ${jobId}`, (signal) =>
    call('GET /api/v1/jobs/{id}/shares/preview', { path: { id: jobId }, signal }),
  );
  const shares = useLoaded(`shares ${jobId}`, (signal) =>
    call('GET /api/v1/jobs/{id}/shares', { path: { id: jobId }, signal }),
  );
  const [made, setMade] = useState<MadeShare | null>(null);
  return (
    <Overlay label="Share this report" onClose={onClose} wide>
      <div className={styles['dialog']}>
        <header>
          <h2>Share this report</h2>
          <button type="button" onClick={onClose} aria-label="Close">
            <X size={16} aria-hidden="true" />
          </button>
        </header>
        {made !== null ? (
          <MadeLink share={made} onAnother={() => setMade(null)} />
        ) : (
          <Show of={preview} what="what a link would show">
            {(found) => (
              <Offer
                jobId={jobId}
                preview={found}
                onMade={(share) => {
                  setMade(share);
                  shares.reload();
                }}
              />
            )}
          </Show>
        )}
        <Show of={shares} what="the links there are">
          {(found) => <ShareList shares={found.shares} onChange={shares.reload} />}
        </Show>
      </div>
    </Overlay>
  );
}

function Offer({
  jobId,
  preview,
  onMade,
}: {
  readonly jobId: string;
  readonly preview: SharePreview;
  readonly onMade: (share: MadeShare) => void;
}) {
  const [days, setDays] = useState('7');
  const [include, setInclude] = useState<ShareInclude>({});
  const { pages, findings, screenshots, crops, snippets, classes, redactions, notes } = preview;
  const optional = classes.filter(({ given, count: files }) => given === 'when ticked' && files > 0);
  const make = async () => {
    try {
      const body = { kind: 'link', expiresInDays: Number(days), include } as const;
      onMade(await call('POST /api/v1/jobs/{id}/shares', { path: { id: jobId }, body }));
    } catch (error) {
      useApp.getState().notify('failed', asProblem(error).sentence);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <p>Whoever has the link sees, without signing in:</p>
      <ul className={styles['shown']}>
        <li>
          {count(findings, 'finding')} on {count(pages, 'page')}
        </li>
        <li>
          {count(screenshots, 'screenshot')} and {count(crops, 'crop')}
        </li>
        <li>{count(snippets, 'snippet')} of markup</li>
      </ul>
      {redactions.length > 0 && (
        <p className={styles['quiet']}>
          Taken out of texts and addresses:{' '}
          {redactions.map(({ kind, count: times }) => `${times.toLocaleString('en')} ${kind}`).join(', ')}. Pictures are
          shown as they are.
        </p>
      )}
      {notes.map((note) => (
        <p key={note} className={styles['quiet']}>
          {note}
        </p>
      ))}
      {optional.length > 0 && (
        <fieldset>
          <legend>Also give, unchanged</legend>
          {optional.map(({ class: name, count: files }) => (
            <label key={name} className={styles['check']}>
              <input
                type="checkbox"
                checked={include[name as keyof ShareInclude] ?? false}
                onChange={(event) => setInclude({ ...include, [name]: event.target.checked })}
              />
              {CLASSES[name as keyof ShareInclude] ?? name} ({count(files, 'file')})
            </label>
          ))}
        </fieldset>
      )}
      <div className={styles['go']}>
        <label>
          The link ends
          <select value={days} onChange={(event) => setDays(event.target.value)}>
            <option value="1">tomorrow</option>
            <option value="7">in 7 days</option>
            <option value="30">in 30 days</option>
          </select>
        </label>
        <button type="submit" className="primary">
          Make the link
        </button>
      </div>
    </form>
  );
}
