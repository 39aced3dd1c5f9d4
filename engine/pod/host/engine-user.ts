import { readFileSync } from 'node:fs';
import os from 'node:os';
import { StageflowError } from '../../kernel/index.ts';
import { ENGINE_USER, countSubIds, createUserCommands, parsePasswd } from './identity.ts';
import type { Identity, Principal } from './identity.ts';

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** An account with its subordinate ids, or null when the machine has no such account. */
export function readPrincipal(name: string): Principal | null {
  const self = os.userInfo();
  const found =
    name === self.username
      ? { name, uid: self.uid, gid: self.gid, home: self.homedir }
      : parsePasswd(readText('/etc/passwd'), name);
  if (found === null) return null;
  return {
    ...found,
    subUids: countSubIds(readText('/etc/subuid'), name, found.uid),
    subGids: countSubIds(readText('/etc/subgid'), name, found.uid),
  };
}

/** Who will run Podman in this process; throws `setup_needed` when we are root and our own user is not there yet. */
export function readIdentity(): Identity {
  const self = os.userInfo();
  if (process.platform !== 'linux') {
    return {
      kind: 'machine',
      name: self.username,
      uid: self.uid,
      gid: self.gid,
      home: self.homedir,
      subUids: 0,
      subGids: 0,
    };
  }
  if (process.getuid?.() !== 0) {
    const me = readPrincipal(self.username);
    if (me !== null) return { ...me, kind: 'self' };
  }
  const engine = readPrincipal(ENGINE_USER);
  if (engine === null || engine.subUids === 0 || engine.subGids === 0) {
    const commands = createUserCommands(engine).map((line) => line.map(quote).join(' '));
    throw new StageflowError('setup_needed', {
      what: `The user ${ENGINE_USER}, which runs the pods without root rights,`,
      commands: commands.join('; '),
    });
  }
  return { ...engine, kind: 'engine-user' };
}

function quote(word: string): string {
  return /^[\w/.:=-]+$/.test(word) ? word : `'${word}'`;
}
