import { createEgress, guardedFetch } from '../egress/index.ts';
import { createPlanner, type ModelPorts, type ModelSettings, type Planner } from '../model/index.ts';
import { servicePlace } from './job-egress.ts';

/** Milliseconds for one answer of a model: those that think first take their time. */
const PATIENCE_MS = 90_000;

/** A planner for each attempt, over the guard that every fetch of the engine's own passes. The endpoint alone may be private: its operator named it. */
export function plannerOf(settings: ModelSettings): () => Planner {
  const post: ModelPorts['post'] = async (url, headers, body) => {
    const egress = createEgress({
      kind: 'web',
      allowHosts: [servicePlace(settings.url)],
      allowAssets: [],
      caps: { idleMs: PATIENCE_MS },
    });
    try {
      const options = { method: 'POST', headers, body, redirects: 0, timeoutMs: PATIENCE_MS } as const;
      const answer = await guardedFetch(egress, url, options);
      return { status: answer.status, body: Buffer.from(answer.body).toString('utf8') };
    } finally {
      egress.close();
    }
  };
  return () => createPlanner(settings, { post });
}
