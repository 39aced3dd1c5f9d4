import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactKeys } from '../../../engine/artifact/index.ts';
import { renderJson, type Report } from '../../../engine/report/index.ts';
import { reportOf } from '../server/shared-job.ts';
import { startWeb, type Web } from './web.ts';
import { wideJob } from './wide-job.ts';

let web: Web;
beforeAll(async () => {
  web = await startWeb({ pods: 'frozen' });
});
afterAll(() => web?.close());

/** Nothing stores the pictures that the report names. */
const withoutPictures = (report: Report): Report => ({
  ...report,
  findings: report.findings.map((finding) => ({
    ...finding,
    occurrences: finding.occurrences.map((place) => ({ ...place, screenshot: null })),
  })),
});

/** A run that is done, with a report as told. */
async function runWith(label: string, change: (report: Report) => Report): Promise<string> {
  const job = await wideJob(web.server, label);
  job.end();
  const bytes = Buffer.from(renderJson(change(withoutPictures(reportOf(job.id)))));
  await web.server.engine.store.put('scanner-artifacts', artifactKeys.reportJson(job.id), bytes);
  return job.id;
}

describe('comparing two runs', () => {
  it('says that there is nothing to compare while there are fewer than two', async () => {
    const { context, page, trouble } = await web.signedIn('/compare');
    await page.getByRole('heading', { level: 1, name: 'There is nothing to compare yet' }).waitFor();
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('says what is new, fixed and the same; swapping the sides turns new into fixed', async () => {
    const a = await runWith('Before', (report) => report);
    const b = await runWith('After', (report) => ({
      ...report,
      findings: report.findings.flatMap((finding) => [
        finding,
        { ...finding, id: 'f2', fingerprint: 'another', title: 'Links must have a name' },
      ]),
    }));
    const { context, page, trouble } = await web.signedIn('/compare');
    await page.getByRole('status').filter({ hasText: '1 new, 0 fixed, 1 the same.' }).waitFor();
    await page.getByRole('region', { name: /^New/ }).getByRole('link', { name: 'Links must have a name' }).waitFor();
    expect(await page.getByRole('region', { name: /^New/ }).getByRole('link').getAttribute('href')).toBe(
      `/scan/${b}/report#/findings/f2`,
    );
    await page.keyboard.press('t');
    await page.getByRole('status').filter({ hasText: '0 new, 1 fixed, 1 the same.' }).waitFor();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ a: b, b: a });
    await page.keyboard.press('j');
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toContain('Links must have a name');
    await page.getByRole('combobox', { name: 'Before' }).selectOption(a);
    await page.getByText('That is one run twice.').waitFor();
    await page.goto(`${web.origin}/scan/${b}/report`);
    await page.getByText(/^Since the run of today .*: 1 new, 0 fixed, 1 the same\.$/).waitFor();
    await page.getByRole('link', { name: '1 new' }).click();
    await page.getByRole('status').filter({ hasText: '1 of 2 causes' }).waitFor();
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('warns when the runs differ in more than the site', async () => {
    const a = await runWith('Desktop', (report) => report);
    const b = await runWith('Phone', (report) => ({
      ...report,
      job: { ...report.job, options: { ...report.job.options, device: 'mobile' } },
    }));
    const { context, page } = await web.signedIn(`/compare?${new URLSearchParams({ a, b })}`, ['admin'], {
      width: 320,
    });
    await page.getByText('The two scans posed as different devices.').waitFor();
    await page.getByRole('status').filter({ hasText: 'Nothing changed: the same 1 cause in both.' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await context.close();
  });

  it('leads from what cannot be compared to the report that holds it, also of a run that is older than the lists go back', async () => {
    const a = await runWith('Before', (report) => ({
      ...report,
      findings: report.findings.map((finding) => ({
        ...finding,
        fingerprint: 'only-then',
        witnesses: finding.witnesses.map((witness) => ({ ...witness, scanner: 'retired' })),
      })),
    }));
    const b = await runWith('After', (report) => ({ ...report, findings: [] }));
    const { context, page, trouble } = await web.signedIn('/');
    await page.route('**/api/v1/jobs?state=DONE*', async (route) => {
      const answer = (await (await route.fetch()).json()) as { jobs: readonly { id: string }[] };
      await route.fulfill({ json: { jobs: answer.jobs.filter(({ id }) => id !== a), next: 'older' } });
    });
    await page.goto(`${web.origin}/compare?${new URLSearchParams({ a, b })}`);
    await page.getByText(/^These lists hold the newest \d+ runs/).waitFor();
    const link = page.getByRole('region', { name: /^Not comparable/ }).getByRole('link', { name: 'before' });
    expect(await link.getAttribute('href')).toBe(`/scan/${a}/report#/findings/${reportOf(a).findings[0]?.id}`);
    expect(trouble).toEqual([]);
    await page.goto(`${web.origin}/compare?${new URLSearchParams({ a: '01k9x2v7q3m4n5p6r8s9t0w1y2', b })}`);
    await page.getByRole('alert').filter({ hasText: 'Another one was chosen instead.' }).waitFor();
    await context.close();
  });
});
