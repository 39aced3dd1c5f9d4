import { asProblem } from '../api/problem.ts';
import { useApp } from './store.ts';

/** Does what somebody asked for. What the server refuses is said in its own sentence; something that was broken off says nothing. */
export async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code, sentence } = asProblem(error);
    if (code !== 'cancelled') useApp.getState().notify('failed', sentence);
  }
}

/** Puts a text on the clipboard and says so, or says why not. */
export async function copyText(text: string, done: string): Promise<void> {
  const { notify } = useApp.getState();
  await navigator.clipboard.writeText(text).then(
    () => notify('done', done),
    () => notify('failed', 'The browser does not allow copying here. Select the text and copy it by hand.'),
  );
}
