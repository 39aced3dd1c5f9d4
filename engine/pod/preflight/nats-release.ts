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

/** Downloads the pinned release for this platform, compares it with the release's checksums, and puts the program at `target`. False when that fails. */
export async function fetchRelease(
  target: string,
  say: (line: string) => void,
  from: string = RELEASES,
): Promise<boolean> {
  const name = archiveName(process.platform, process.arch);
  if (name === null) return false;
  say(`Fetching nats-server ${NATS_VERSION} (${name}) into ${path.dirname(target)}`);
  mkdirSync(path.dirname(target), { recursive: true });
  const folder = mkdtempSync(path.join(path.dirname(target), 'fetch-'));
  try {
    const sums = await download(`${from}/${NATS_VERSION}/SHA256SUMS`);
    const archive = await download(`${from}/${NATS_VERSION}/${name}.tar.gz`);
    const wanted = checksumOf(sums.toString('utf8'), `${name}.tar.gz`);
    if (wanted === null || createHash('sha256').update(archive).digest('hex') !== wanted)
      throw new Error('its checksum does not match');
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

/** Name of the release's archive without its ending, or null for a platform without one that we can unpack. */
export function archiveName(platform: string, arch: string): string | null {
  const system = { linux: 'linux', darwin: 'darwin' }[platform];
  const machine = { x64: 'amd64', arm64: 'arm64' }[arch];
  return system === undefined || machine === undefined ? null : `nats-server-${NATS_VERSION}-${system}-${machine}`;
}

/** The checksum that a SHA256SUMS text gives for a file, or null. */
export function checksumOf(sums: string, file: string): string | null {
  for (const line of sums.split('\n')) {
    const [sum, name] = line.trim().split(/\s+\*?/);
    if (name === file && sum !== undefined && /^[0-9a-f]{64}$/.test(sum)) return sum;
  }
  return null;
}

async function download(url: string): Promise<Buffer> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  const data = Buffer.from(await answer.arrayBuffer());
  if (data.length > LARGEST) throw new Error(`${url} is larger than expected`);
  return data;
}
