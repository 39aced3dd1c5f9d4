import { Suspense, useEffect, useRef } from 'react';
import { useApp } from '../state/store.ts';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { Failed, Loading } from '../ui/states.tsx';
import { listenToDesktop } from './desktop.ts';
import { Frame } from './frame.tsx';
import { followLinks, useAddress } from './location.ts';
import { matchRoute, ROUTES } from './routes.ts';
import { listenForShortcuts } from './shortcuts.ts';
import { NotFound } from './not-found.tsx';

/** The window: its frame, and the screen that the address names. */
export function App() {
  const session = useApp((state) => state.session);
  const problem = useApp((state) => state.sessionProblem);
  const loadSession = useApp((state) => state.loadSession);
  useEffect(() => {
    void loadSession();
    const stop = [followLinks(), listenForShortcuts(), listenToDesktop()];
    return () => {
      for (const end of stop) end();
    };
  }, [loadSession]);
  return (
    <Frame>
      {session !== null ? (
        <CurrentScreen />
      ) : problem !== null ? (
        <Failed problem={problem} retry={() => void loadSession()} />
      ) : (
        <Loading what="Stageflow" screen="Stageflow" />
      )}
    </Frame>
  );
}

function CurrentScreen() {
  const address = useAddress();
  const pathname = address.split('?', 1)[0] ?? '/';
  const found = matchRoute(pathname);
  const route = found ? ROUTES[found.index] : undefined;
  useArrival(pathname, route?.title ?? 'Not found');
  if (!found || !route) return <NotFound />;
  const Screen = route.screen;
  return (
    <ErrorBoundary key={pathname}>
      <Suspense fallback={<Loading what={route.title} screen={route.title} />}>
        <Screen params={found.params} />
      </Suspense>
    </ErrorBoundary>
  );
}

/** Coming to a screen names the window, tells screen readers, and moves the focus to the screen's start. */
function useArrival(pathname: string, title: string): void {
  const last = useRef<string | null>(null);
  useEffect(() => {
    document.title = `${title} · Stageflow`;
    if (last.current !== null && last.current !== pathname) {
      window.scrollTo(0, 0);
      document.getElementById('main')?.focus({ preventScroll: true });
      useApp.getState().announce(title);
    }
    last.current = pathname;
  }, [pathname, title]);
}
