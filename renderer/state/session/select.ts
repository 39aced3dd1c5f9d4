import type { SessionSlice } from './slice.ts';

type Scope = NonNullable<SessionSlice['session']>['scopes'][number];

/** Whether the person may do what a scope allows; nobody may anything until it is known who they are. */
export const may =
  (scope: Scope) =>
  ({ session }: Pick<SessionSlice, 'session'>): boolean =>
    session !== null && (session.scopes.includes(scope) || session.scopes.includes('admin'));
