import { StageflowError } from '@stageflow/engine/kernel';
import type { Records } from '../../local/records.ts';
import { type Api, ask, askJson, atJob } from './api.ts';

/** The stored objects of a server's jobs. */
export function objectsThere(api: Api): Pick<Records, 'object' | 'keys'> {
  return {
    object: async (key) => {
      const [jobId = '', ...path] = key.split('/');
      const where = atJob(jobId, `/artifacts/${path.map(encodeURIComponent).join('/')}`);
      try {
        const { headers, body } = await ask(api, 'GET', where);
        return { size: Number(headers['content-length'] ?? 0), body };
      } catch (error) {
        if (error instanceof StageflowError && error.code === 'not_found') return null;
        throw error;
      }
    },
    keys: async (jobId) => {
      const keys: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: { artifacts: { path: string }[]; next: string | null } = await askJson(
          api,
          'GET',
          atJob(jobId, `/artifacts?limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`),
        );
        keys.push(...page.artifacts.map(({ path }) => `${jobId}/${path}`));
        cursor = page.next;
      }
      return keys;
    },
  };
}
