import { homedir } from 'node:os';

const HERE = process.cwd();

/** A sentence without places of this machine: of a path its last part stays, which names the program or folder. */
export function withoutPlaces(sentence: string): string {
  return sentence.replaceAll(/(?<![\w.~:/])\/(?:[\w.@+-]+\/)+(?=[\w.@+-])/g, '…/');
}

/** A command that means the same, with the folder of Stageflow and the home folder written as a shell knows them. */
export function withShortPlaces(command: string): string {
  const home = homedir();
  const short = command.replaceAll(HERE, '.');
  return home.length > 1 ? short.replaceAll(home, '~') : short;
}
