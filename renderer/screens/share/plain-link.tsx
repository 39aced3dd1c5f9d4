import X from 'lucide-react/icons/x';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import type { MadeShare } from '../../api/schema.ts';
import { Overlay } from '../../ui/overlay.tsx';
import { MadeLink } from './made-link.tsx';
import styles from './share.module.css';

/**
 * Makes a link on the desktop, where no server of ours could open a report to others: a plain one into the object store, to the report's single file,
 * with the words of what that means.
 */
export default function PlainLink({ jobId, onClose }: { readonly jobId: string; readonly onClose: () => void }) {
  const [days, setDays] = useState('7');
  const [made, setMade] = useState<MadeShare | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const make = async () => {
    setProblem(null);
    try {
      const body = { kind: 'presigned', expiresInDays: Number(days) } as const;
      setMade(await call('POST /api/v1/jobs/{id}/shares', { path: { id: jobId }, body }));
    } catch (error) {
      const { code, sentence } = asProblem(error);
      setProblem(
        code === 'no_plain_links'
          ? 'No object store is set up, so there is nowhere for a link to lead. Download the report as one HTML file and send that.'
          : sentence,
      );
    }
  };
  return (
    <Overlay label="Share this report" onClose={onClose}>
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
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void make();
            }}
          >
            <p>
              The link leads to the report&apos;s one HTML file in your object store. Whoever has it sees all of that
              file: nothing is taken out of it, and it cannot be taken back before it ends.
            </p>
            {problem !== null && <p role="alert">{problem}</p>}
            <div className={styles['go']}>
              <label>
                The link ends
                <select value={days} onChange={(event) => setDays(event.target.value)}>
                  <option value="1">tomorrow</option>
                  <option value="7">in 7 days</option>
                </select>
              </label>
              <button type="submit" className="primary">
                Make the link
              </button>
            </div>
          </form>
        )}
      </div>
    </Overlay>
  );
}
