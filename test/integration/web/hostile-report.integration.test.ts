import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactKeys } from '../../../engine/artifact/index.ts';
import { newJobId } from '../../../engine/kernel/index.ts';
import { renderJson } from '../../../engine/report/index.ts';
import { specOf } from '../../conformance/events.ts';
import { filledReport } from '../report/filled.ts';
import { addressesOf, harm, HARMLESS, TEXTS } from '../report/harm.ts';
import { startWeb, type Web } from './web.ts';

let web: Web;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web?.close());

describe('the app shows a report whose every text field is hostile', () => {
  it.each(TEXTS)('%s run nothing, lead nowhere and break no layout', async (_, text) => {
    const report = filledReport({ text, choice: 0 });
    const jobId = newJobId();
    web.server.ledger.createJob({ id: jobId, spec: specOf('urls'), parent: null });
    await web.server.engine.store.put(
      'scanner-artifacts',
      artifactKeys.reportJson(jobId),
      Buffer.from(renderJson(report)),
    );
    for (const width of [320, 1280]) {
      const { context, page, trouble } = await web.signedIn(`/scan/${jobId}/report`, ['admin'], { width });
      for (const hash of addressesOf(report)) {
        await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
        await page.locator('[data-report-screen] h1').first().waitFor();
        expect(await harm(page), `${hash} at ${width}`).toEqual(HARMLESS);
      }
      // The report names pictures that no job has; that they are asked for and missing is all that may happen.
      expect(trouble.filter((line) => !/404|\/artifacts\//.test(line))).toEqual([]);
      await context.close();
    }
  });
});
