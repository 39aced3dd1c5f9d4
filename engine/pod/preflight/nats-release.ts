import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../host/index.ts';
import { NATS_VERSION } from './nats-go.ts';

const RELEASES = 'https://github.com/nats-io/nats-server/releases/download';
const MARK = 'release-not-reached';
const LARGEST = 64 * 1024 * 1024;

/** True when the release could not be had within the last day; a start of a scan must not wait for a wall every time. */
export function triedLately(cache: string): boolean {
  const mark = statSync(path.join(cache, MARK), { throwIfNoEntry: false });
  return mark !== undefined && Date.now() - mark.mtimeMs < 86_400_000;
}

/**
 * SHA-256 of the pinned version's archives. Compared with sums of the release page itself a download would prove nothing: whoever could
 * change the one could change the other. The two for Linux also stand in the maintainers' own container recipe (nats-io/nats-docker). A new
 * version needs new sums. What Go builds needs none: Go compares it with its public checksum database.
 */
const SUMS: Readonly<Record<string, string>> = {
  'nats-server-v2.14.5-linux-amd64': '5e3b603d47c447bda1f77f9ac16dbf91c90aac4ff3681f8fbbc7201e4ed99355',
  'nats-server-v2.14.5-linux-arm64': '673a98d3faa79dde3f9ebf16d6dfac36a5f694e7ad2015e4954dd7939c85cd4c',
  'nats-server-v2.14.5-darwin-amd64': 'f95c98d6b6ed2b63c5681b46b092c9585c99767d547cf495730c329234625e96',
  'nats-server-v2.14.5-darwin-arm64': 'ddd907854d9a2de834af133fa396915fe6442fe6d8909ae31390d1ea7a0fea50',
};

/** An archive of the pinned version and what it must be. */
export interface PinnedArchive {
  /** Its name without the ending, which is also the folder inside it. */
  readonly name: string;
  readonly sha256: string;
  /** Address of the release. */
  readonly from: string;
}

/** The archive for a platform, or null where there is none that we can unpack. */
export function pinnedArchive(platform: string = process.platform, arch: string = process.arch): PinnedArchive | null {
  const system = { linux: 'linux', darwin: 'darwin' }[platform];
  const machine = { x64: 'amd64', arm64: 'arm64' }[arch];
  const name = `nats-server-${NATS_VERSION}-${system}-${machine}`;
  const sha256 = SUMS[name];
  return sha256 === undefined ? null : { name, sha256, from: `${RELEASES}/${NATS_VERSION}` };
}

/** The command by which a person can fetch the archive instead, with the same check; for machines without Go. */
export function releaseCommand(target: string, { name, sha256, from }: PinnedArchive): string {
  const check = process.platform === 'darwin' ? 'shasum -a 256 -c' : 'sha256sum -c';
  const file = `${name}.tar.gz`;
  // In quotes: a person's folder may have a space in its name.
  const folder = `'${path.dirname(target).replaceAll("'", `'\\''`)}'`;
  return [
    `mkdir -p ${folder}`,
    `cd ${folder}`,
    `curl -fsSLO ${from}/${file}`,
    `echo '${sha256}  ${file}' | ${check}`,
    `tar -xzf ${file} --strip-components=1 ${name}/nats-server`,
  ].join(' && ');
}

/** Downloads the pinned release for this platform, compares it with its pinned checksum, and puts the program at `target`. False when that fails. */
export async function fetchRelease(
  target: string,
  say: (line: string) => void,
  pinned: PinnedArchive | null = pinnedArchive(),
): Promise<boolean> {
  if (pinned === null) return false;
  const { name, sha256, from } = pinned;
  say(`Fetching nats-server ${NATS_VERSION} (${name}) into ${path.dirname(target)}`);
  mkdirSync(path.dirname(target), { recursive: true });
  const folder = mkdtempSync(path.join(path.dirname(target), 'fetch-'));
  try {
    const archive = await download(`${from}/${name}.tar.gz`);
    if (createHash('sha256').update(archive).digest('hex') !== sha256)
      throw new Error('it is not what was released: its checksum does not match');
    const args = ['-xzf', '-', '-C', folder, '--strip-components=1', `${name}/nats-server`];
    const env = { PATH: process.env.PATH ?? '/usr/bin:/bin' };
    const unpacked = await runCommand({ file: 'tar', args, env, cwd: folder }, { input: archive, timeoutMs: 60_000 });
    if (unpacked.code !== 0) throw new Error('it could not be unpacked');
    const program = path.join(folder, 'nats-server');
    chmodSync(program, 0o755);
    renameSync(program, target);
    return true;
  } catch (error) {
    say(`The release could not be had: ${error instanceof Error ? error.message : String(error)}`);
    writeFileSync(path.join(path.dirname(path.dirname(target)), MARK), '');
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function download(url: string): Promise<Buffer> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  const data = Buffer.from(await answer.arrayBuffer());
  if (data.length > LARGEST) throw new Error(`${url} is larger than expected`);
  return data;
}
