import { call } from '../../api/call.ts';
import { SERVER } from '../../api/place.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import type { Session } from '../../api/schema.ts';
import type { Slice } from '../store.ts';

/** Who is signed in. */
export interface SessionSlice {
  readonly session: Session | null;
  /** Why it is not known who is signed in; null when it is, or is being asked. */
  readonly sessionProblem: Problem | null;
  /** Asks the server. Whoever is signed in no longer is led to the sign-in page, and back. */
  loadSession(): Promise<void>;
  /** Ends the browser's session and leaves. */
  signOut(): Promise<void>;
}

/** Leaves for the sign-in page, which leads back to where the person is. */
export function leaveForSignIn(): void {
  const here = location.pathname + location.search + location.hash;
  location.assign(`/signin?${new URLSearchParams({ next: here })}`);
}

export const createSession: Slice<SessionSlice> = (set, get) => ({
  session: null,
  sessionProblem: null,
  async loadSession() {
    set({ sessionProblem: null });
    try {
      set({ session: await call('GET /api/v1/session', {}), sessionProblem: null });
    } catch (error) {
      const problem = asProblem(error);
      // A server's own sign-in is not in this window: its token is given in the settings.
      if (problem.code === 'unauthenticated' && SERVER === null) leaveForSignIn();
      else set({ sessionProblem: problem });
    }
  },
  async signOut() {
    try {
      await call('DELETE /api/v1/session', {});
    } catch (error) {
      // Whoever leaves a shared machine must know that they are still signed in.
      get().notify('failed', `You are still signed in. ${asProblem(error).sentence}`);
      return;
    }
    location.assign('/signin');
  },
});
