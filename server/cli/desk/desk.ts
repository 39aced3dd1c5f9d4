import { defaultDataFolder } from '@stageflow/engine';
import type { JobState, StageflowEvent } from '@stageflow/engine/event';
import { StageflowError, systemClock } from '@stageflow/engine/kernel';
import type { Report } from '@stageflow/engine/report';
import type { JobView } from '@stageflow/engine/view';
import { findLiveDoor } from '../../local/find-door.ts';
import { openFolderRecords, openFolderToFill } from '../door.ts';
import { namedRemote } from '../remotes.ts';
import type { Api } from './api.ts';
import { deskOfRecords } from './of-records.ts';
import { deskOfApi, socketApi } from './of-api.ts';
import { remoteApi } from './remote-api.ts';

/** One line of a list of jobs. */
export interface JobLine {
  readonly id: string;
  readonly state: JobState;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** File name, or the first address. */
  readonly source: string;
  readonly label: string | null;
  readonly failureCode: string | null;
}

/** Jobs as the command line shows and changes them, wherever they are. An unknown job is `job_not_found` or `not_found`. */
export interface Desk {
  /** What a person calls this place. */
  readonly place: string;
  /** Newest first. */
  list(limit: number): Promise<readonly JobLine[]>;
  show(jobId: string): Promise<JobView>;
  events(jobId: string): Promise<readonly StageflowEvent[]>;
  /** The projection as it is stored, and the seq to which it is folded; null when none is kept or it cannot be seen from here. */
  storedView(jobId: string): Promise<{ readonly json: string; readonly seq: number } | null>;
  /** Text of the report's JSON, or of its offline page. `no_report` when there is none. */
  report(jobId: string, form: 'json' | 'html'): Promise<string>;
  /** The report's page with all its pictures beside it as a ZIP, for a report that this place gave. */
  archive(report: Report): Promise<AsyncIterable<Uint8Array>>;
  /** An ended job as one file. */
  bundle(jobId: string): AsyncIterable<Uint8Array>;
  /** Takes in what `bundle` gave elsewhere; the job's id. `job_exists`, `bundle_refused`. */
  take(bundle: AsyncIterable<Uint8Array>): Promise<string>;
  cancel(jobId: string): Promise<void>;
  remove(jobId: string): Promise<void>;
  close(): Promise<void>;
}

/** Which place a person means: a remote by name or address, else the data folder of this machine. */
export interface PlaceOptions {
  readonly remote?: string;
}

/** Opens the place that the options name. */
export async function openDesk(options: PlaceOptions): Promise<Desk> {
  return deskOfServer(options) ?? deskOfRecords(await openFolderRecords());
}

/** The same, but a data folder that is not there yet is made, and one without an engine is kept from others meanwhile. */
export async function openDeskToFill(options: PlaceOptions): Promise<Desk> {
  return deskOfServer(options) ?? deskOfRecords(await openFolderToFill());
}

function deskOfServer({ remote: name }: PlaceOptions): Desk | null {
  if (name === undefined) return null;
  const remote = namedRemote(name, defaultDataFolder(), process.env);
  return deskOfApi(remoteApi(remote), remote.url);
}

/** The server to ask for what only a server can do; `server_needed` when none is named and none lives on the data folder. */
export async function openServerApi(
  options: PlaceOptions,
  what: string,
): Promise<{ readonly api: Api; readonly base: string }> {
  const folder = defaultDataFolder();
  if (options.remote !== undefined) {
    const remote = namedRemote(options.remote, folder, process.env);
    return { api: remoteApi(remote), base: remote.url };
  }
  const live = await findLiveDoor(folder, systemClock);
  if (!live?.socket || live.address === null) throw new StageflowError('server_needed', { what });
  return { api: socketApi(live.socket), base: live.address };
}
