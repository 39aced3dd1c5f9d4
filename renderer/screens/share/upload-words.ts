import type { CallAnswer } from '../../../main/ipc/contract.ts';
import { count, size } from '../../report/words.ts';

type Line = CallAnswer<'sync.plan'>[number];

/** What each kind of file is to a person. */
export const UPLOAD_WORDS: Readonly<Record<Line['class'], string>> = {
  report: 'The report, as one page and as data',
  pictures: 'Screenshots and crops',
  har: 'Recorded network traffic',
  raw: 'Raw results of the modules',
  traces: 'Performance traces',
  transcripts: 'Transcripts of the navigator',
};

/** How much of a kind there is. */
export const amountOf = ({ files, bytes }: Line): string => `${count(files, 'file')}, ${size(bytes)}`;

type Upload = CallAnswer<'sync.read'>['uploads'][number];

/** How an upload is, in a few words. */
export function uploadState({ state, files, filesDone, reason }: Upload): string {
  if (state === 'sending') return `${filesDone} of ${count(files, 'file')}`;
  if (state === 'done') return 'uploaded';
  if (state === 'failed') return `not uploaded. ${reason ?? ''}`;
  return reason === null ? 'waits for its turn' : `is tried again soon. ${reason}`;
}
