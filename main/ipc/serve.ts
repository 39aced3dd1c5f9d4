import { asStageflowError, StageflowError } from '@stageflow/engine/kernel';
import type { IpcMainInvokeEvent } from 'electron';
import type { Electron } from '../electron.ts';
import { type CallAnswer, type CallInput, type CallName, CALLS, CHANNEL, type Outcome } from './contract.ts';

/** What main does for each call. */
export type CallHandlers = {
  readonly [K in CallName]: (input: CallInput<K>) => Promise<CallAnswer<K>>;
};

/** Serves every call of the contract to the main frame of a window of ours; any other sender and any other shape is refused. */
export function serveCalls(
  ipcMain: Pick<Electron['ipcMain'], 'handle'>,
  isOurs: (event: IpcMainInvokeEvent) => boolean,
  handlers: CallHandlers,
): void {
  for (const name of Object.keys(CALLS) as CallName[]) {
    ipcMain.handle(CHANNEL + name, (event, ...inputs: unknown[]) => answer(name, event, inputs));
  }

  async function answer<K extends CallName>(
    name: K,
    event: IpcMainInvokeEvent,
    inputs: readonly unknown[],
  ): Promise<Outcome<CallAnswer<K>>> {
    try {
      if (!isOurs(event)) throw new StageflowError('foreign_origin');
      const { input, answer } = CALLS[name];
      const parsed =
        inputs.length === 1 && isRecord(inputs[0]) ? input.safeParse(inputs[0]) : { success: false as const };
      if (!parsed.success) throw new StageflowError('bad_request', { reason: `${name} takes another input` });
      // The schema's own type: TypeScript does not follow a table by its key.
      const given = (await handlers[name](parsed.data as never)) as unknown;
      return { ok: true, answer: answer.parse(given) as CallAnswer<K> };
    } catch (thrown) {
      const { code, message } = asStageflowError(thrown);
      return { ok: false, code, sentence: message };
    }
  }
}

/** No input of the contract has more fields. */
const MOST_FIELDS = 32;

/** An object of few fields: bytes and lists by the million would keep main busy before a schema had refused them. */
function isRecord(input: unknown): boolean {
  if (typeof input !== 'object' || input === null || Object.getPrototypeOf(input) !== Object.prototype) return false;
  return Object.keys(input).length <= MOST_FIELDS;
}
