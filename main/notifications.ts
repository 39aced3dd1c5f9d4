import type { Notification } from 'electron';
import type { Electron } from './electron.ts';
import { type JobLine, nameOf } from './jobs/line.ts';
import type { DesktopSettings } from './settings/model.ts';

/** A notification and where a click on it leads. */
export interface News {
  readonly title: string;
  readonly body: string;
  readonly path: string;
}

const counted = (count: number, one: string, many: string) =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];

/** What a person is told of a job that ended; null when it is not wanted. Somebody who cancelled it knows. Pure. */
export function newsOf(job: JobLine, settings: Pick<DesktopSettings, 'notifyDone' | 'notifyFailed'>): News | null {
  if (job.state === 'FAILED') {
    if (!settings.notifyFailed || job.failure?.code === 'cancelled') return null;
    return { title: `${nameOf(job)} failed`, body: job.failure?.sentence ?? '', path: `/scan/${job.id}` };
  }
  if (!settings.notifyDone) return null;
  const { critical, serious, moderate, minor } = job.totals;
  const found = [
    ...counted(critical, 'critical', 'critical'),
    ...counted(serious, 'serious', 'serious'),
    ...counted(moderate + minor, 'smaller', 'smaller'),
  ];
  const what = found.length === 0 ? 'Nothing was found' : `Found: ${found.join(', ')}`;
  return {
    title: job.verdict === 'incomplete' ? `${nameOf(job)} is done, but incomplete` : `${nameOf(job)} is done`,
    body: `${what}. Open the report.`,
    path: `/scan/${job.id}/report`,
  };
}

/** Shows news through the system; `open` gets the path of what is clicked. */
export function openNotifier(
  { Notification }: Pick<Electron, 'Notification'>,
  open: (path: string) => void,
): (news: News) => void {
  // Electron lets go of a notification that nobody holds, and its click with it.
  const held = new Set<Notification>();
  return ({ title, body, path }) => {
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body });
    held.add(notification);
    notification.on('click', () => open(path));
    notification.on('close', () => void held.delete(notification));
    notification.show();
  };
}
