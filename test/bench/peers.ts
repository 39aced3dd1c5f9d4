import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Timed, timed } from './run.ts';

/** Versions of the tools we are measured beside; they are brought into the cache and are no part of the product. */
const PEERS = { '@axe-core/cli': '4.13.0', '@lhci/cli': '0.15.1', linkinator: '8.1.0' } as const;

/** The tools beside us, installed once. */
export interface Peers {
  axe(urls: readonly string[]): Promise<Timed>;
  lighthouse(urls: readonly string[]): Promise<Timed>;
  links(urls: readonly string[]): Promise<Timed>;
}

/** Installs the peers through npm where they are missing. Throws one sentence that says what else is missing. */
export async function bringPeers(cache: string, chromium: string, chromedriver: string): Promise<Peers> {
  for (const [what, path, variable] of [
    ['Chromium', chromium, 'STAGEFLOW_CHROMIUM'],
    ['chromedriver', chromedriver, 'STAGEFLOW_CHROMEDRIVER'],
  ] as const) {
    if (!existsSync(path))
      throw new Error(
        `The benchmark needs ${what} for the tools it compares with: ${path} is missing; run "apt-get install -y chromium chromium-driver" or set ${variable}.`,
      );
  }
  const folder = join(cache, 'bench');
  const bin = (name: string) => join(folder, 'node_modules/.bin', name);
  if (!existsSync(bin('linkinator'))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: PEERS }));
    process.stderr.write(`Bringing ${Object.keys(PEERS).join(', ')} for comparison …\n`);
    const installed = await timed(
      'npm',
      ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'],
      { cwd: folder },
    );
    if (installed.code !== 0) throw new Error(`The peers could not be installed:\n${installed.output.slice(-2000)}`);
  }
  const flags = process.getuid?.() === 0 ? 'no-sandbox,headless=new' : 'headless=new';
  const env = { ...process.env, CHROME_PATH: chromium };
  return {
    axe: (urls) =>
      timed(
        bin('axe'),
        [...urls, '--chromedriver-path', chromedriver, '--chrome-path', chromium, '--chrome-options', flags],
        { cwd: folder, env, sweep: true },
      ),
    lighthouse: (urls) =>
      timed(
        bin('lhci'),
        [
          'collect',
          '--numberOfRuns=1',
          ...urls.map((url) => `--url=${url}`),
          `--settings.chromeFlags=${flags
            .split(',')
            .map((f) => `--${f}`)
            .join(' ')}`,
        ],
        { cwd: folder, env, sweep: true },
      ),
    // Links to other sites are nobody's business here: a build is scanned without a way out.
    links: (urls) =>
      timed(bin('linkinator'), [...urls, '--silent', '--skip', '^https?://(?!127\\.0\\.0\\.1)'], { cwd: folder, env }),
  };
}
