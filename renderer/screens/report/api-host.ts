import { addressOf } from '../../api/call.ts';
import { below, type ReportHost } from '../../report/index.ts';

/** Finds a job's evidence on the server: every object has its own address, behind the caller's session. */
export function apiHost(jobId: string): ReportHost {
  const base = `${addressOf('/api/v1/jobs/{id}/artifacts', { path: { id: jobId } })}/`;
  return {
    evidence: (path) => {
      const url = below(base, path);
      return url === null ? { url, reason: 'Its name cannot be used as an address.' } : { url, reach: 'there' };
    },
    document: async (path) => {
      const url = below(base, path);
      const answer = url === null ? null : await fetch(url).catch(() => null);
      return answer?.ok ? ((await answer.json().catch(() => null)) as unknown) : null;
    },
    artifactsLie: 'They are kept on this server with the job.',
  };
}
