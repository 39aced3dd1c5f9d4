import { afterAll, describe, expect, it } from 'vitest';
import { createHome, leftovers, site } from './cli.ts';
import { scan } from './support/scan.ts';

const home = createHome();
afterAll(() => home.dispose());

describe('--isolation process', () => {
  it('scans a build of one’s own without pods, browser sandbox on, and marks the report', async () => {
    const args = [site('docs.zip'), '--isolation', 'process', '-m', 'axe,seo', '--max-pages', '2'];
    const { code, report, stderr } = await scan(args, { home: home.path });
    expect(code, stderr.slice(-2000)).toBe(0);
    expect(report.job.options.isolation).toBe('process');
    expect(report.provenance.notes.join(' ')).toMatch(/Reduced isolation: the scan ran as plain processes/);
    expect(report.provenance.attempts[0]?.sandbox).toMatchObject({
      rendererSeccomp: 2,
      ownNamespaces: true,
      flagsClean: true,
    });
    expect(leftovers(home.path)).toEqual([]);

    const resumed = await scan(['--resume', report.job.id], { home: home.path });
    expect(resumed.code, resumed.stderr.slice(-2000)).toBe(0);
    expect(resumed.report.job.options.isolation, 'a scan goes on the way it began').toBe('process');
  });
});
