import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Programs } from './mend.ts';

/** Text that is kept of what a program says. */
const MOST_TEXT = 200_000;

/** Programs of this computer. */
export const systemPrograms: Programs = {
  run: (file, args, line) =>
    new Promise((resolve, reject) => {
      const child = spawn(file, [...args], { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
      const texts = [child.stdout, child.stderr].map((stream) => {
        const kept = { text: '' };
        createInterface({ input: stream }).on('line', (said) => {
          kept.text = `${kept.text}${said}\n`.slice(-MOST_TEXT);
          line?.(said);
        });
        return kept;
      });
      child.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(null) : reject(error)));
      child.once('close', (code) => {
        const [out, err] = texts;
        // What it warns of beside an answer is no part of it.
        resolve({ code: code ?? 1, text: out?.text || err?.text || '' });
      });
    }),
};
