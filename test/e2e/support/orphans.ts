import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { podmanHost } from '../../../engine/pod/host/index.ts';
import { jobIds, leftovers } from '../cli.ts';
import { anonymousVolumes, askPodman, labelled } from './podman.ts';

/** Where a stopped engine may have left something. */
export interface Places {
  /** Its data folder. */
  readonly home: string;
  /** What it was told is the system's temporary folder. */
  readonly temporary: string;
  readonly engineId: string;
  readonly volumesBefore: readonly string[];
}

/** What a stopped engine has left running or lying about: processes, pods, containers, volumes, sockets, unfinished, temporary and run-time files. */
export async function orphans({ home, temporary, engineId, volumesBefore }: Places): Promise<string[]> {
  const pods = await askPodman('pod', 'ps', '--format', '{{.Name}}', ...labelled(engineId));
  const containers = await askPodman('ps', '--all', '--format', '{{.Names}}', ...labelled(engineId));
  const volumes = (await anonymousVolumes()).filter((name) => !volumesBefore.includes(name));
  const { folders } = await podmanHost();
  const jobs = jobIds(home);
  const ofJobs = (folder: string) =>
    existsSync(folder) ? readdirSync(folder).filter((name) => jobs.some((id) => name.includes(id))) : [];
  return [
    ...leftovers(home),
    ...pods.map((name) => `pod ${name}`),
    ...containers.map((name) => `container ${name}`),
    ...volumes.map((name) => `volume ${name}`),
    ...unfinishedFiles(home).map((path) => `file ${path}`),
    ...readdirSync(temporary).map((name) => `temporary ${name}`),
    ...[folders.runtime, folders.work].flatMap(ofJobs).map((name) => `Podman's ${name}`),
  ];
}

/** Files of a data folder that only a live engine may have: its lock, its socket, writes in progress, questions put to the store. */
function unfinishedFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(^|\/)(\.put-|engine\.(lock|sock)|canary\/.)|\.(new|stale)$/.test(path),
  );
}

/** Records of containers that the container runtime still keeps, of those in `ids`. */
export async function keptRecords(ids: readonly string[]): Promise<string[]> {
  const { folders, runtime } = await podmanHost();
  return ids.filter((id) => existsSync(join(folders.runtime, runtime, id)));
}
