import Ban from 'lucide-react/icons/ban';
import CircleAlert from 'lucide-react/icons/circle-alert';
import CircleCheck from 'lucide-react/icons/circle-check';
import CircleDashed from 'lucide-react/icons/circle-dashed';
import CirclePause from 'lucide-react/icons/circle-pause';
import LoaderCircle from 'lucide-react/icons/loader-circle';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import type { ComponentType } from 'react';
import styles from './job-state.module.css';

/** What is needed to say how a job is. */
export interface JobLook {
  readonly state: string;
  readonly verdict: 'complete' | 'incomplete' | null;
  readonly failure: { readonly code: string } | null;
  readonly paused: boolean;
  readonly waiting: boolean;
}

type Icon = ComponentType<{ readonly size?: number; readonly 'aria-hidden'?: 'true' }>;

const RUNNING: Readonly<Record<string, string>> = {
  PENDING: 'Queued',
  EXTRACTING: 'Unpacking',
  READY_TO_SCAN: 'Preparing',
  SCANNING: 'Scanning',
  COMPLETING: 'Putting together',
};

/** The word, shape and colour of a job's state: done, done with parts missing, failed, cancelled and every step before are told apart. */
export function lookOf({ state, verdict, failure, paused, waiting }: JobLook): {
  readonly word: string;
  readonly icon: Icon;
  readonly tone: 'good' | 'part' | 'bad' | 'quiet' | 'going';
} {
  if (state === 'DONE') {
    return verdict === 'incomplete'
      ? { word: 'Done, incomplete', icon: TriangleAlert, tone: 'part' }
      : { word: 'Done', icon: CircleCheck, tone: 'good' };
  }
  if (state === 'FAILED') {
    return failure?.code === 'cancelled'
      ? { word: 'Cancelled', icon: Ban, tone: 'quiet' }
      : { word: 'Failed', icon: CircleAlert, tone: 'bad' };
  }
  if (paused) return { word: 'Paused', icon: CirclePause, tone: 'quiet' };
  if (waiting) return { word: 'Waiting for its turn', icon: CircleDashed, tone: 'quiet' };
  return { word: RUNNING[state] ?? state, icon: state === 'PENDING' ? CircleDashed : LoaderCircle, tone: 'going' };
}

/** How a job is, as glyph and word. */
export function JobState({ job }: { readonly job: JobLook }) {
  const { word, icon: Icon, tone } = lookOf(job);
  return (
    <span className={`${styles['state']} ${styles[tone]}`}>
      <Icon size={16} aria-hidden="true" />
      {word}
    </span>
  );
}
