import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, describe, expect, it } from 'vitest';
import { createHome, leftovers, site, startCli } from './cli.ts';

// The contract, written out once more: what other programs rely on is not read from the code under test.
const STREAMS = {
  jobs: ['jobs.events.completed', 'jobs.events.created', 'jobs.events.failed'],
  extraction: ['extraction.events.failed', 'extraction.events.ready'],
  scan: ['scan.events.completed', 'scan.events.failed', 'scan.events.page.completed'],
};
const DURABLES = {
  'orchestrator-job-created': 'jobs.events.created',
  'orchestrator-extraction-ready': 'extraction.events.ready',
  'orchestrator-extraction-failed': 'extraction.events.failed',
  'orchestrator-scan-completed': 'scan.events.completed',
  'orchestrator-scan-failed': 'scan.events.failed',
  'platform-api-job-created': 'jobs.events.created',
  'platform-api-extraction-ready': 'extraction.events.ready',
  'platform-api-extraction-failed': 'extraction.events.failed',
  'platform-api-scan-page': 'scan.events.page.completed',
  'platform-api-scan-completed': 'scan.events.completed',
  'platform-api-scan-failed': 'scan.events.failed',
  'platform-api-job-completed': 'jobs.events.completed',
  'platform-api-job-failed': 'jobs.events.failed',
};
// Subjects that joined the contract later; nobody in the engine reads them from a stream.
const JOINED = ['scan.events.cell.completed', 'scan.events.page.discovered', 'scan.events.page.visited'];

const home = createHome();
afterAll(() => home.dispose());

describe('while a job runs', () => {
  it('streams and durables are exactly those of the contract, besides KV and dead letters', async () => {
    const run = startCli(
      ['scan', site('awkward.zip'), '-m', 'security-headers', '--max-pages', '3', '--progress', 'ndjson'],
      { home: home.path },
    );
    await run.line(/scan\.events\.page\.visited/);
    const { port, token } = JSON.parse(readFileSync(join(home.path, 'nats/nats.json'), 'utf8')) as {
      port: number;
      token: string;
    };
    const connection = await connect({ servers: `127.0.0.1:${port}`, token });
    const manager = await jetstreamManager(connection);
    const streams: Record<string, string[]> = {};
    const durables: Record<string, string | undefined> = {};
    for await (const { config } of manager.streams.list()) {
      if (config.name.startsWith('KV_') || config.name.startsWith('dead-letter')) continue;
      streams[config.name] = config.subjects.filter((subject) => !JOINED.includes(subject)).toSorted();
      for await (const consumer of manager.consumers.list(config.name)) {
        expect(consumer.config.ack_policy).toBe('explicit');
        durables[consumer.config.durable_name ?? '(ephemeral)'] = consumer.config.filter_subject;
      }
    }
    await connection.close();
    const result = await run.done;
    expect(streams).toEqual(STREAMS);
    expect(durables).toEqual(DURABLES);
    expect(result.code, result.stderr.slice(-2000)).toBe(0);
    expect(leftovers(home.path)).toEqual([]);
  });
});
