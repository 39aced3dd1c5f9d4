import { lazy, type ReactNode, Suspense } from 'react';
import Search from 'lucide-react/icons/search';
import { useApp } from '../state/store.ts';
import { EngineState } from './engine-state.tsx';
import styles from './frame.module.css';
import { nextLandmark } from './landmarks.ts';
import { navigate } from './location.ts';
import { NoticeList } from './notice-list.tsx';
import { OnServer } from './on-server.tsx';
import { PLACES, Rail } from './rail.tsx';
import { keyNames, useShortcuts } from './shortcuts.ts';
import { Target } from './target.tsx';

const Palette = lazy(() => import('./palette.tsx'));
const Sheet = lazy(() => import('./sheet.tsx'));

/** What stands around every screen: top bar, rail, what lies over them, and what screen readers are told. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const overlay = useApp((state) => state.overlay);
  const showOverlay = useApp((state) => state.showOverlay);
  useShortcuts('Everywhere', [
    { keys: 'mod+k', label: 'Find a command or screen', inFields: true, run: () => showOverlay('palette') },
    { keys: '?', label: 'Show the shortcuts', command: true, run: () => showOverlay('sheet') },
    { keys: 'F6', label: 'Next part of the window', inFields: true, run: () => nextLandmark(1) },
    { keys: 'shift+F6', label: 'Part of the window before', inFields: true, run: () => nextLandmark(-1) },
    ...PLACES.map(({ href, title, keys }) => ({ keys, label: title, command: true, run: () => navigate(href) })),
  ]);
  return (
    <div className={`app ${styles['frame']}`}>
      <a className={styles['skip']} href="#main" onClick={(event) => (event.preventDefault(), focusMain())}>
        Skip to content
      </a>
      <header className={styles['bar']} data-landmark tabIndex={-1} aria-label="Top bar">
        <a className={styles['brand']} href="/">
          Stageflow
        </a>
        <OnServer />
        <Target />
        <EngineState />
        <button type="button" className={styles['find']} onClick={() => showOverlay('palette')} aria-haspopup="dialog">
          <Search aria-hidden="true" size={16} />
          <span className={styles['findWord']}>Find</span>
          <kbd aria-hidden="true">{keyNames('mod+k').join(' ')}</kbd>
        </button>
      </header>
      <Rail />
      <main className={styles['main']} id="main" data-landmark tabIndex={-1}>
        {children}
      </main>
      <NoticeList />
      <Voices />
      {overlay !== null && <Suspense fallback={null}>{overlay === 'palette' ? <Palette /> : <Sheet />}</Suspense>}
    </div>
  );
}

const focusMain = () => document.getElementById('main')?.focus();

/** Read out by screen readers, seen by nobody. */
function Voices() {
  const polite = useApp((state) => state.polite);
  const assertive = useApp((state) => state.assertive);
  return (
    <>
      <p className="hidden-text" aria-live="polite">
        {polite}
      </p>
      <p className="hidden-text" aria-live="assertive">
        {assertive}
      </p>
    </>
  );
}
