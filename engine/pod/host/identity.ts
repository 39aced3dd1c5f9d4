/** The unprivileged user that runs Podman when the engine itself runs as root. */
export const ENGINE_USER = 'stageflow';

/** One account of the machine, as far as rootless Podman cares. */
export interface Principal {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** How many subordinate user and group ids it has; rootless containers with their own users need 65536. */
  readonly subUids: number;
  readonly subGids: number;
}

/** Who runs Podman. `engine-user`: we are root and step down to a user of our own; `self`: we are an ordinary user; `machine`: a podman machine does (macOS, Windows). */
export type Identity = Principal & { readonly kind: 'engine-user' | 'self' | 'machine' };

/** The line of /etc/passwd for a name, parsed; null when there is none. */
export function parsePasswd(text: string, name: string): Pick<Principal, 'name' | 'uid' | 'gid' | 'home'> | null {
  for (const line of text.split('\n')) {
    const fields = line.split(':');
    if (fields[0] !== name || fields.length < 6) continue;
    const uid = Number(fields[2]);
    const gid = Number(fields[3]);
    if (Number.isInteger(uid) && Number.isInteger(gid)) return { name, uid, gid, home: fields[5] ?? '/' };
  }
  return null;
}

/** The number of subordinate ids that a line `name:start:count` or `uid:start:count` of /etc/subuid or /etc/subgid gives. */
export function countSubIds(text: string, name: string, uid: number): number {
  let total = 0;
  for (const line of text.split('\n')) {
    const [who, start, count] = line.split(':');
    if ((who === name || who === String(uid)) && Number(start) > 0 && Number(count) > 0) total += Number(count);
  }
  return total;
}

/** Command lines, to be run by root, that make the engine's user or mend its subordinate ids; empty when nothing is missing. */
export function createUserCommands(existing: Principal | null): string[][] {
  if (existing === null) {
    // Short options keep the sentence that shows this command readable: system account, with subordinate ids and a group of its own.
    return [
      ['useradd', '-r', '-F', '-U', '-M', '-d', '/var/lib/stageflow/podman', '-s', '/usr/sbin/nologin', ENGINE_USER],
    ];
  }
  return subIdCommands(existing);
}

/** Commands, to be run by root, that give an account the subordinate ids it lacks; the range follows from the uid so that accounts do not overlap. */
export function subIdCommands(account: Principal): string[][] {
  // 65536 ids per account from 0x20000000 on: far above what useradd hands out by itself.
  const start = 0x20000000 + account.uid * 65536;
  const range = `${start}-${start + 65535}`;
  const commands: string[][] = [];
  if (account.subUids < 65536) commands.push(['usermod', '--add-subuids', range, account.name]);
  if (account.subGids < 65536) commands.push(['usermod', '--add-subgids', range, account.name]);
  return commands;
}
