import { useState } from 'react';
import { call } from '../../api/call.ts';
import type { MadeShare, ShareInclude, SharePreview } from '../../api/schema.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { count } from '../../report/words.ts';
import { attempt } from '../../state/attempt.ts';
import { Show } from '../../ui/states.tsx';
import { LinkForm, ShareFrame, type Stretch } from './share-frame.tsx';
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
    <ShareFrame
      made={made}
      onAnother={() => setMade(null)}
      onClose={onClose}
      wide
      form={
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
      }
    >
      <Show of={shares} what="the links there are">
        {(found) => <ShareList shares={found.shares} onChange={shares.reload} />}
      </Show>
    </ShareFrame>
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
  const [days, setDays] = useState<Stretch>('7');
  const [include, setInclude] = useState<ShareInclude>({});
  const { pages, findings, screenshots, crops, snippets, classes, redactions, notes } = preview;
  const optional = classes.filter(({ given, count: files }) => given === 'when ticked' && files > 0);
  const make = () =>
    attempt(async () => {
      const body = { kind: 'link', expiresInDays: Number(days), include } as const;
      onMade(await call('POST /api/v1/jobs/{id}/shares', { path: { id: jobId }, body }));
    });
  return (
    <LinkForm days={days} setDays={setDays} offered={['1', '7', '30']} make={make}>
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
    </LinkForm>
  );
}
