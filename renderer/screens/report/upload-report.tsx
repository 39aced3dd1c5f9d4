import Upload from 'lucide-react/icons/upload';
import { useState } from 'react';
import type { CallAnswer, CallInput, Desktop } from '../../../main/ipc/contract.ts';
import { askDesktop } from '../../api/desktop.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { useSync } from '../../api/use-sync.ts';
import { attempt } from '../../state/attempt.ts';
import { Overlay } from '../../ui/overlay.tsx';
import { Show } from '../../ui/states.tsx';
import { amountOf, UPLOAD_WORDS, uploadState } from '../share/upload-words.ts';
import shareStyles from '../share/share.module.css';

type Include = CallInput<'sync.send'>['include'];
type Lines = CallAnswer<'sync.plan'>;

const NOTHING: Include = { har: false, raw: false, traces: false, transcripts: false };
const isTicked = (name: string): name is keyof Include => name in NOTHING;

/** On the desktop: uploads the report to the connected object store, after a list of what that is; nothing where none is connected. */
export function UploadReport({ id, desktop }: { readonly id: string; readonly desktop: Desktop }) {
  const sync = useSync(desktop);
  const [isOpen, setOpen] = useState(false);
  if (sync?.target == null) return null;
  const upload = sync.uploads.find(({ jobId }) => jobId === id);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)} aria-haspopup="dialog">
        <Upload size={16} aria-hidden="true" /> Upload{upload === undefined ? '' : `: ${uploadState(upload)}`}
      </button>
      {isOpen && (
        <Overlay label="Upload this report" onClose={() => setOpen(false)}>
          <Offer id={id} desktop={desktop} endpoint={sync.target.endpoint} onClose={() => setOpen(false)} />
        </Overlay>
      )}
    </>
  );
}

function Offer({
  id,
  desktop,
  endpoint,
  onClose,
}: {
  readonly id: string;
  readonly desktop: Desktop;
  readonly endpoint: string;
  readonly onClose: () => void;
}) {
  const plan = useLoaded(`upload ${id}`, () => askDesktop(desktop, 'sync.plan', { jobId: id }));
  const send = (include: Include) => {
    onClose();
    void attempt(async () => void (await askDesktop(desktop, 'sync.send', { jobId: id, include })));
  };
  return (
    <div className={shareStyles['dialog']}>
      <h2>Upload this report</h2>
      <p>To {endpoint}, as it is: nothing in it is masked.</p>
      <Show of={plan} what="what would be uploaded">
        {(lines) => <Choice lines={lines} send={send} onClose={onClose} />}
      </Show>
    </div>
  );
}

function Choice({
  lines,
  send,
  onClose,
}: {
  readonly lines: Lines;
  readonly send: (include: Include) => void;
  readonly onClose: () => void;
}) {
  const [include, setInclude] = useState(NOTHING);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send(include);
      }}
    >
      <fieldset>
        <legend>What is uploaded</legend>
        {lines.map((line) => (
          <label key={line.class} className={shareStyles['check']}>
            <input
              type="checkbox"
              disabled={!isTicked(line.class)}
              checked={isTicked(line.class) ? include[line.class] : true}
              onChange={(event) => setInclude({ ...include, [line.class]: event.target.checked })}
            />
            {UPLOAD_WORDS[line.class]} ({amountOf(line)})
          </label>
        ))}
      </fieldset>
      <div className={shareStyles['go']}>
        <button type="submit" className="primary">
          Upload
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}
