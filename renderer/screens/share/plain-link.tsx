import { useState } from 'react';
import type { CallAnswer, Desktop } from '../../../main/ipc/contract.ts';
import { call } from '../../api/call.ts';
import { askDesktop, desktop as here } from '../../api/desktop.ts';
import { asProblem } from '../../api/problem.ts';
import type { MadeShare } from '../../api/schema.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { Show } from '../../ui/states.tsx';
import styles from './share.module.css';
import { LinkForm, ShareFrame, type Stretch } from './share-frame.tsx';
import { amountOf, UPLOAD_WORDS } from './upload-words.ts';

/** Where a link of the desktop app can lead. */
interface Ways {
  readonly servers: CallAnswer<'servers.read'>;
  /** The connected store, when links can be made there. */
  readonly store: string | null;
  /** What goes to that store before there is a link; empty when it is there. */
  readonly lines: CallAnswer<'sync.plan'>;
}

/** By a server that is named, into the connected store, or into the store that the engine itself keeps its files in. */
type Way = { readonly by: string } | 'store' | 'engine';

async function waysOf(desktop: Desktop, jobId: string): Promise<Ways> {
  const [servers, sync, lines] = await Promise.all([
    askDesktop(desktop, 'servers.read', {}),
    askDesktop(desktop, 'sync.read', {}),
    askDesktop(desktop, 'sync.plan', { jobId }),
  ]);
  const isThere = sync.uploads.some((upload) => upload.jobId === jobId && upload.state === 'done');
  const always = lines.filter(({ class: is }) => is === 'report' || is === 'pictures');
  return { servers, store: sync.target?.canLink === true ? sync.target.endpoint : null, lines: isThere ? [] : always };
}

const MASKED =
  'The run is moved to the server unless it is there. Whoever has the link sees its report with secrets taken out; on the server the link can be taken back.';
const PLAIN =
  'The link leads to the report’s one HTML file. Whoever has it sees all of that file: nothing is taken out of it, and it cannot be taken back before it ends.';

/** Makes a link on the desktop: by a server of the team, or a plain one into an object store, with the words of what that means. */
export default function PlainLink({ jobId, onClose }: { readonly jobId: string; readonly onClose: () => void }) {
  const [made, setMade] = useState<MadeShare | null>(null);
  const ways = useLoaded(`ways ${jobId}`, async () =>
    here === null ? { servers: [], store: null, lines: [] } : waysOf(here, jobId),
  );
  return (
    <ShareFrame
      made={made}
      onAnother={() => setMade(null)}
      onClose={onClose}
      form={
        <Show of={ways} what="where a link can lead">
          {(found) => <Choice jobId={jobId} ways={found} onMade={setMade} />}
        </Show>
      }
    />
  );
}

async function makeLink(way: Way, jobId: string, days: number): Promise<MadeShare> {
  if (way === 'engine' || here === null)
    return call('POST /api/v1/jobs/{id}/shares', {
      path: { id: jobId },
      body: { kind: 'presigned', expiresInDays: days },
    });
  const by = way === 'store' ? null : way.by;
  const link = await askDesktop(here, 'share.link', { jobId, by, days });
  return { kind: by === null ? 'presigned' : 'link', id: null, ...link, can: [], cannot: [] };
}

function Choice({
  jobId,
  ways: { servers, store, lines },
  onMade,
}: {
  readonly jobId: string;
  readonly ways: Ways;
  readonly onMade: (made: MadeShare) => void;
}) {
  const known: readonly { readonly way: Way; readonly words: string; readonly means: string }[] = [
    ...servers.map(({ name }) => ({ way: { by: name }, words: `By ${name}`, means: MASKED })),
    ...(store === null ? [] : [{ way: 'store' as const, words: `By ${store}`, means: PLAIN }]),
  ];
  const [chosen, setChosen] = useState(0);
  const [days, setDays] = useState<Stretch>('7');
  const [problem, setProblem] = useState<string | null>(null);
  const { way, means } = known[chosen] ?? { way: 'engine' as const, means: PLAIN };
  const make = async () => {
    setProblem(null);
    try {
      onMade(await makeLink(way, jobId, Number(days)));
    } catch (error) {
      const { code, sentence } = asProblem(error);
      setProblem(
        code === 'no_plain_links'
          ? 'No object store is set up and no server, so there is nowhere for a link to lead. Connect one in the settings, or download the report as one HTML file and send that.'
          : sentence,
      );
    }
  };
  return (
    <LinkForm days={days} setDays={setDays} offered={['1', '7']} make={make}>
      {known.length > 1 && (
        <fieldset>
          <legend>Where the link leads</legend>
          {known.map(({ words }, at) => (
            <label key={words} className={styles['check']}>
              <input type="radio" name="way" checked={at === chosen} onChange={() => setChosen(at)} />
              {words}
            </label>
          ))}
        </fieldset>
      )}
      <p>{means}</p>
      {way === 'store' && lines.length > 0 && (
        <>
          <p>Uploaded first:</p>
          <ul className={styles['shown']}>
            {lines.map((line) => (
              <li key={line.class}>
                {UPLOAD_WORDS[line.class]} ({amountOf(line)})
              </li>
            ))}
          </ul>
        </>
      )}
      {problem !== null && <p role="alert">{problem}</p>}
    </LinkForm>
  );
}
