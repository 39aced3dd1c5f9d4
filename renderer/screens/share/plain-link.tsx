import { useState } from 'react';
import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import type { MadeShare } from '../../api/schema.ts';
import { LinkForm, ShareFrame, type Stretch } from './share-frame.tsx';

/**
 * Makes a link on the desktop, where no server of ours could open a report to others: a plain one into the object store, to the report's single file,
 * with the words of what that means.
 */
export default function PlainLink({ jobId, onClose }: { readonly jobId: string; readonly onClose: () => void }) {
  const [days, setDays] = useState<Stretch>('7');
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
    <ShareFrame
      made={made}
      onAnother={() => setMade(null)}
      onClose={onClose}
      form={
        <LinkForm days={days} setDays={setDays} offered={['1', '7']} make={make}>
          <p>
            The link leads to the report&apos;s one HTML file in your object store. Whoever has it sees all of that
            file: nothing is taken out of it, and it cannot be taken back before it ends.
          </p>
          {problem !== null && <p role="alert">{problem}</p>}
        </LinkForm>
      }
    />
  );
}
