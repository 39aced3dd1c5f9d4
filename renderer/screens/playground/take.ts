import { useApp } from '../../state/store.ts';

/** A list of addresses is short; anything longer is something else. */
const MOST_TEXT = 1_000_000;

/** Adds addresses to the field, each on its line, after what stands there. */
export function takeText(text: string): void {
  const { draft, changeDraft, announce } = useApp.getState();
  const lines = text.split(/\s*\n\s*/).filter((line) => line.trim() !== '');
  if (lines.length === 0) return;
  const before = draft.text.trimEnd();
  changeDraft({ text: [...(before === '' ? [] : [before]), ...lines].join('\n'), file: null });
  announce(`${lines.length} ${lines.length === 1 ? 'line' : 'lines'} taken over`);
}

/** Takes a file for what it is: an archive to scan, or a text or link with addresses. */
export async function takeFile(file: File): Promise<void> {
  const { changeDraft, notify, announce } = useApp.getState();
  const name = file.name.toLowerCase();
  if (name.endsWith('.zip') || file.type === 'application/zip' || file.type === 'application/x-zip-compressed') {
    changeDraft({ file });
    announce(`${file.name} is chosen`);
    return;
  }
  if (file.size <= MOST_TEXT && (/\.(?:txt|csv|url|webloc|list)$/.test(name) || file.type === 'text/plain')) {
    const text = await file.text();
    // A shortcut file of a desktop names its address in one line of several.
    takeText(/^URL=(.+)$/m.exec(text)?.[1] ?? text);
    return;
  }
  const isFolder = file.size === 0 || file.type === '';
  notify(
    'failed',
    isFolder
      ? `${file.name} is no ZIP. Pack the build folder as a ZIP, then drop that.`
      : `${file.name} is no ZIP and no list of addresses.`,
  );
}
