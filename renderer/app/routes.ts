import { type ComponentType, lazy, type LazyExoticComponent } from 'react';

/** Parameters of an address, by name. */
export type Params = Readonly<Record<string, string>>;

/** A screen is given the parameters of its address. */
export type ScreenComponent = ComponentType<{ readonly params: Params }>;

/** One screen: where it is and what shows it. Its code comes when it is first visited. */
export interface ScreenRoute {
  /** As in `/scan/:id`. */
  readonly path: string;
  readonly title: string;
  readonly screen: LazyExoticComponent<ScreenComponent>;
}

const route = (path: string, title: string, load: () => Promise<{ default: ScreenComponent }>): ScreenRoute => ({
  path,
  title,
  screen: lazy(load),
});

/** Every screen. To add one: a folder in `screens/`, a line here, and its address in the server's `web/routes.ts`. */
export const ROUTES: readonly ScreenRoute[] = [
  route('/', 'Runs', () => import('../screens/history/history.tsx')),
  route('/playground', 'New scan', () => import('../screens/playground/playground.tsx')),
  route('/scan/:id', 'Scan', () => import('../screens/live/live.tsx')),
  route('/scan/:id/report', 'Report', () => import('../screens/report/report.tsx')),
  route('/compare', 'Compare', () => import('../screens/compare/compare.tsx')),
  route('/doctor', 'Doctor', () => import('../screens/doctor/doctor.tsx')),
  route('/settings', 'Settings', () => import('../screens/settings/settings.tsx')),
];

/** The screen of an address and its parameters, or null when there is none. */
export function matchRoute(
  pathname: string,
  routes: readonly Pick<ScreenRoute, 'path'>[] = ROUTES,
): { readonly index: number; readonly params: Params } | null {
  const parts = pathname.replace(/\/+$/, '').split('/');
  for (const [index, { path }] of routes.entries()) {
    const params = paramsOf(path.replace(/\/+$/, '').split('/'), parts);
    if (params) return { index, params };
  }
  return null;
}

function paramsOf(pattern: readonly string[], parts: readonly string[]): Params | null {
  if (pattern.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [at, wanted] of pattern.entries()) {
    const part = parts[at] ?? '';
    if (wanted.startsWith(':')) {
      if (part === '') return null;
      try {
        params[wanted.slice(1)] = decodeURIComponent(part);
      } catch {
        return null;
      }
    } else if (part !== wanted) return null;
  }
  return params;
}
