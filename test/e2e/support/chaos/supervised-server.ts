import { startCli } from '../../cli.ts';
import { freePort } from '../../../integration/store/server-process.ts';

/** A server that is started again at once whenever it ends, as systemd would. */
export interface SupervisedServer {
  /** Where it answers when it is up; the same in every life. */
  readonly origin: string;
  /** The administrator's token of its first life. */
  readonly token: string;
  /** True when the present life has got as far as to listen. */
  listens(): boolean;
  /** Lives so far, the present one included. */
  lives(): number;
  /** Ends the present life at once; false when there is none to end. */
  kill(): boolean;
  /** Asks it to stop and starts it no more. Returns its exit code; a life that was ending anyway is asked again. */
  stop(): Promise<number | null>;
  /** Starts it again after a stop and resolves when it listens. */
  again(): Promise<void>;
  /** What all lives wrote to stderr. */
  words(): string;
}

/** A moment between two lives, so that one that cannot start (its store is down) does not take the machine's whole time. */
const BETWEEN_LIVES_MS = 200;

/** Starts the server in a data folder and resolves when its first life listens. */
export async function superviseServer(home: string, env: Readonly<Record<string, string>>): Promise<SupervisedServer> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const run = () => startCli(['server'], { home, env: { ...env, STAGEFLOW_PORT: String(port) } });
  let life = run();
  let count = 0;
  let listening = false;
  let wanted = true;
  let before = '';
  /** Follows the present life, and begins the next one after it. */
  const follow = (): void => {
    count += 1;
    const mine = life;
    mine.line(/^Stageflow listens/).then(
      () => (listening = mine === life),
      () => undefined,
    );
    void mine.done.then(({ stderr }) => {
      before += stderr;
      listening = false;
      if (!wanted) return;
      setTimeout(() => {
        if (!wanted) return;
        life = run();
        follow();
      }, BETWEEN_LIVES_MS);
    });
  };
  follow();
  const token = (await life.line(/\/signin#sf_/)).split('#').at(-1) ?? '';
  const ended = () => life.child.exitCode !== null || life.child.signalCode !== null;
  return {
    origin,
    token,
    listens: () => listening,
    lives: () => count,
    kill: () => !ended() && life.child.kill('SIGKILL'),
    stop: async () => {
      wanted = false;
      life.child.kill('SIGTERM');
      return (await life.done).code;
    },
    again: async () => {
      wanted = true;
      life = run();
      follow();
      await life.line(/^Stageflow listens/);
    },
    words: () => before,
  };
}
