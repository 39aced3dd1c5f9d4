import { createHash } from 'node:crypto';
import { artifactKeys } from '../../../engine/artifact/index.ts';
import { newJobId } from '../../../engine/kernel/index.ts';
import { renderJson, type Report } from '../../../engine/report/index.ts';
import { cause, place, sample } from '../../../engine/report/test/sample.ts';
import { specOf } from '../../conformance/events.ts';
import type { TestServer } from './harness.ts';

/** A picture of one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const HOSTILE = Buffer.from('<script>alert(document.domain)</script>');
const PAGE = 'p0000000000000001';

/** Secrets in the report of a shared job; none of them may reach a stranger. */
export const PLANTED = { token: 'hushhushquietly', email: 'jane.doe@example.org' } as const;

/** Files of a shared job below its folder, and the class each belongs to. */
export const FILES = {
  [`page/evidence/${PAGE}/screenshot.png`]: 'pictures',
  [`page/evidence/${PAGE}/crops/a.png`]: 'pictures',
  [`page/evidence/${PAGE}/network.har.zst`]: 'har',
  [`axe/cells/${PAGE}.json.zst`]: 'raw',
  [`lighthouse/evidence/${PAGE}/lighthouse.html`]: 'raw',
  [`seo/evidence/${PAGE}/mark.svg`]: 'raw',
  [`lighthouse/evidence/${PAGE}/trace.json.zst`]: 'traces',
  [`ai-navigator/evidence/${PAGE}/steps.json`]: 'transcripts',
} as const;

function kindOf(path: string): Report['artifacts'][number]['kind'] {
  if (path.endsWith('screenshot.png')) return 'screenshot';
  if (path.endsWith('.png')) return 'crop';
  if (path.includes('.har')) return 'har';
  if (path.includes('trace')) return 'trace';
  if (path.endsWith('.html')) return 'html';
  return path.includes('/cells/') ? 'raw' : 'other';
}

/** The report of such a job. */
export function reportOf(jobId: string): Report {
  const shot = `${jobId}/page/evidence/${PAGE}/screenshot.png`;
  const crop = `${jobId}/page/evidence/${PAGE}/crops/a.png`;
  const base = sample([
    cause({
      occurrences: [
        place({
          screenshot: crop,
          box: { x: 0, y: 0, width: 1, height: 1 },
          snippet: `<a href="/x?token=${PLANTED.token}">mail ${PLANTED.email}</a>`,
        }),
      ],
    }),
  ]);
  return {
    ...base,
    job: { ...base.job, id: jobId },
    pages: base.pages.map((page) => ({
      ...page,
      screenshot: shot,
      evidence: [shot, `${jobId}/page/evidence/${PAGE}/network.har.zst`],
    })),
    scanners: base.scanners.map((s) => ({
      ...s,
      results: `${jobId}/axe/results.json`,
      report: `${jobId}/axe/report.html`,
    })),
    artifacts: Object.keys(FILES).map((path) => ({
      key: `${jobId}/${path}`,
      size: path.endsWith('.png') ? PIXEL.length : HOSTILE.length,
      sha256: createHash('sha256').update(path).digest('hex'),
      kind: kindOf(path),
      scanner: null,
      pageId: PAGE,
    })),
  };
}

/** A job of a tenant with a report and evidence in the store. Returns its id. */
export async function storeSharedJob({ engine: { store }, ledger }: TestServer, tenant = 'team'): Promise<string> {
  const jobId = newJobId();
  ledger.createJob({ id: jobId, spec: specOf('urls'), parent: null });
  ledger.service.owners.set(jobId, tenant);
  const put = (key: string, bytes: Uint8Array) => store.put('scanner-artifacts', key, bytes);
  for (const path of Object.keys(FILES)) await put(`${jobId}/${path}`, path.endsWith('.png') ? PIXEL : HOSTILE);
  // Beside what the report names: never to be given.
  await put(`${jobId}/axe/report.html`, HOSTILE);
  await put(artifactKeys.reportHtml(jobId), HOSTILE);
  await put(artifactKeys.reportJson(jobId), Buffer.from(renderJson(reportOf(jobId))));
  return jobId;
}
