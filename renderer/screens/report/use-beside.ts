import { useMemo } from 'react';
import { call } from '../../api/call.ts';
import { asProblem } from '../../api/problem.ts';
import type { Ignore } from '../../api/schema.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import type { Beside, Decision } from '../../report/index.ts';
import { may } from '../../state/session/select.ts';
import { useApp } from '../../state/store.ts';
import { loadTrend } from './since.ts';

const decisionOf = ({ fingerprint, reason, owner, expiresAt }: Ignore): Decision => ({
  fingerprint,
  reason,
  owner,
  until: expiresAt,
});

/** Does what a reader asked for; what the server refuses is an error in a sentence. */
async function said(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    throw new Error(asProblem(error).sentence, { cause: error });
  });
}

/** What this server and this browser know beside a job's report. */
export function useBeside(id: string): Beside {
  const mayDecide = useApp(may('submit'));
  const byName = useApp((state) => state.preferences.filters);
  const prefer = useApp((state) => state.prefer);
  const ignores = useLoaded('ignores', (signal) => call('GET /api/v1/ignores', { signal }));
  const trend = useLoaded(id, (signal) => loadTrend(id, signal));
  const known = ignores.status === 'ready' ? ignores.value.ignores : null;
  const points = trend.status === 'ready' ? trend.value : null;
  const { reload } = ignores;
  return useMemo(
    () => ({
      decisions:
        known === null
          ? null
          : {
              of: new Map(known.map((one) => [one.fingerprint, decisionOf(one)])),
              change: mayDecide
                ? {
                    setAside: async (fingerprint, reason, expiresAt) => {
                      await said(call('POST /api/v1/ignores', { body: { fingerprint, reason, expiresAt } }));
                      reload();
                    },
                    countAgain: async (fingerprint) => {
                      const ignore = known.find((one) => one.fingerprint === fingerprint)?.id ?? '';
                      await said(call('DELETE /api/v1/ignores/{ignore}', { path: { ignore } }));
                      reload();
                    },
                  }
                : null,
            },
      filters: {
        byName,
        keep: (name, hash) => prefer({ filters: { ...byName, [name]: hash } }),
        drop: (name) => prefer({ filters: Object.fromEntries(Object.entries(byName).filter(([one]) => one !== name)) }),
      },
      trend: points ?? [],
    }),
    [known, mayDecide, reload, byName, prefer, points],
  );
}
