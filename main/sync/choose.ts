import { artifactKind } from '@stageflow/engine/aggregate';
import { type ShareClass, shareClassOf } from '../../server/share/class.ts';
import type { Ticked } from './model.ts';

/** What a file is to an upload: the report and its pictures always go, the rest only when ticked. */
export type UploadClass = 'report' | ShareClass;

/** A file of a job that can be uploaded. */
export interface UploadFile {
  /** Its key, here and in the other store. */
  readonly key: string;
  readonly size: number;
  readonly class: UploadClass;
}

/** One line of what would be uploaded. */
export interface UploadLine {
  readonly class: UploadClass;
  readonly files: number;
  readonly bytes: number;
}

/** The job's own documents, in the order in which they go: whoever finds the page finds all that belongs to it. */
const DOCUMENTS = ['provenance.json', 'report.json', 'report.html'];
const ORDER: readonly UploadClass[] = ['report', 'pictures', 'har', 'raw', 'traces', 'transcripts'];

/** Files of a job by what they are, in the order in which they are sent: the page that everybody opens comes last. Pure. */
export function filesOf(
  jobId: string,
  stored: readonly { readonly path: string; readonly size: number }[],
): readonly UploadFile[] {
  const files = stored.map(({ path, size }): UploadFile => {
    const key = `${jobId}/${path}`;
    return { key, size, class: DOCUMENTS.includes(path) ? 'report' : shareClassOf({ key, kind: artifactKind(key) }) };
  });
  const rank = ({ key }: UploadFile) => DOCUMENTS.indexOf(key.slice(jobId.length + 1));
  return files.toSorted((a, b) => rank(a) - rank(b) || (a.key < b.key ? -1 : 1));
}

/** Those that go when these classes are ticked. Pure. */
export function chosenFiles(files: readonly UploadFile[], include: Ticked): readonly UploadFile[] {
  return files.filter(({ class: is }) => is === 'report' || is === 'pictures' || include[is]);
}

/** What a person is shown before anything is sent. Pure. */
export function uploadLines(files: readonly UploadFile[]): UploadLine[] {
  return ORDER.flatMap((name) => {
    const of = files.filter(({ class: is }) => is === name);
    return of.length === 0
      ? []
      : [{ class: name, files: of.length, bytes: of.reduce((sum, { size }) => sum + size, 0) }];
  });
}
