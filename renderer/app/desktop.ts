import type { CallAnswer, Desktop } from '../../main/ipc/contract.ts';
import { desktop } from '../api/desktop.ts';
import { PLACE, withoutPlace } from '../api/place.ts';
import { asProblem, Problem } from '../api/problem.ts';
import { uploadArchive } from '../api/upload.ts';
import { takeFile } from '../screens/playground/take.ts';
import { useApp } from '../state/store.ts';
import { navigate } from './location.ts';

type Offers = Readonly<CallAnswer<'files.take'>>;

/** Goes where main says, takes what it hands over, and makes the whole window a place to drop archives, folders and lists of addresses. Returns how to stop. */
export function listenToDesktop(): () => void {
  if (desktop === null) return () => {};
  const here = desktop;
  const stop = new AbortController();
  const stops = [
    // Main speaks of this computer.
    here.on('go', ({ path }) => (PLACE === '' ? navigate(path) : location.assign(path))),
    here.on('offered', ({ offers }) => void takeOffers(offers)),
  ];
  const said = (takes: 'accept' | 'refuse' | null) => {
    if (takes === null) delete document.documentElement.dataset['dragging'];
    else document.documentElement.dataset['dragging'] = takes;
  };
  const onDrag = (event: DragEvent) => {
    const types = event.dataTransfer?.types ?? [];
    const takes = ['Files', 'text/uri-list', 'text/plain'].some((type) => types.includes(type));
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = takes ? 'copy' : 'none';
    said(takes ? 'accept' : 'refuse');
  };
  const onLeave = (event: DragEvent) => {
    // Within the window it only goes from one element to the next.
    if (event.relatedTarget === null) said(null);
  };
  const onDrop = (event: DragEvent) => {
    said(null);
    const items = [...(event.dataTransfer?.items ?? [])];
    const folders = items.some((item) => item.webkitGetAsEntry()?.isDirectory === true);
    // The form takes a single file itself, and shows it before anything starts.
    if (withoutPlace(location.pathname) === '/playground' && !folders) return;
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    void takeDropped(here, files);
  };
  const { signal } = stop;
  window.addEventListener('dragover', onDrag, { signal, capture: true });
  window.addEventListener('dragleave', onLeave, { signal });
  window.addEventListener('drop', onDrop, { signal, capture: true });
  void here.call('window.listens', {});
  return () => {
    stop.abort();
    for (const end of stops) end();
  };
}

/** Files by way of main, which alone can look into a folder. */
async function takeDropped(here: Desktop, files: readonly File[]): Promise<void> {
  const outcome = await here.take(files);
  if (outcome.ok) await takeOffers(outcome.answer);
  else useApp.getState().notify('failed', outcome.sentence);
}

/** Starts a scan of every archive, with the options of the last one, and puts addresses into the form. The last scan that was started is shown. */
async function takeOffers(offers: Offers): Promise<void> {
  const { notify, preferences } = useApp.getState();
  for (const { name, address } of offers) {
    try {
      const answer = await fetch(address);
      if (!answer.ok) throw new Problem('not_found', `${name} is not there any more. Drop it again.`);
      const file = new File([await answer.blob()], name, { type: answer.headers.get('content-type') ?? '' });
      if (file.type !== 'application/zip') {
        navigate('/playground');
        await takeFile(file);
        continue;
      }
      const made = await uploadArchive(file, preferences.lastScan, {
        uploads: 'server',
        onProgress: () => {},
        signal: new AbortController().signal,
      });
      if (made.notes.length > 0) notify('done', made.notes.join(' '));
      navigate(`/scan/${made.id}`);
    } catch (error) {
      notify('failed', asProblem(error).sentence);
    }
  }
}
