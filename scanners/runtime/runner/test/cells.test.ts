import { describe, expect, it } from 'vitest';
import { silentLog } from '@stageflow/engine/kernel';
import type { PutEvidence } from '@stageflow/engine/sdk';
import { type EngineChannel, EngineRefusal } from '../../channel/index.ts';
import { type CellTools, runCell } from '../cells.ts';
import type { LoadedScanner } from '../scanner-modules.ts';

const away = () => new EngineRefusal('PUT evidence', 503, 'store_failed', 'the store does not answer');

/** Runs one cell of a scanner whose time limit is `seconds`. */
function cell(
  collect: (tools: { putEvidence: PutEvidence }) => Promise<unknown>,
  more: { seconds?: number; putArtifact?: EngineChannel['putArtifact'] } = {},
) {
  const { seconds = 30, putArtifact = async () => Promise.reject(away()) } = more;
  const loaded = { id: 'axe', manifest: { timeoutSeconds: seconds } } as LoadedScanner;
  const tools = { channel: { putArtifact }, log: silentLog } as unknown as CellTools;
  return runCell(loaded, 'p1', tools, collect, () => ({ findings: [], scores: [], facts: {}, passes: 1 }));
}

describe('a cell', () => {
  it('is not to blame for a store that stays away: the whole attempt ends', async () => {
    await expect(cell(({ putEvidence }) => putEvidence('a.png', Buffer.from('x')))).rejects.toMatchObject({
      code: 'store_failed',
    });
  });

  it('fails for what its scanner throws, a refusal of its evidence included', async () => {
    const refused = new EngineRefusal('PUT evidence', 413, 'bad_result', 'larger than 64 MiB');
    const put = { putArtifact: async () => Promise.reject(refused) };
    const draft = await cell(({ putEvidence }) => putEvidence('a.png', Buffer.from('x')), put);
    expect([draft.outcome, draft.error?.code]).toEqual(['failed', 'cell_failed']);
    expect((await cell(async () => Promise.reject(new Error('no')))).outcome).toBe('failed');
  });

  it('is out of time when its scanner is slow, and not while its evidence waits for the store', async () => {
    const slow = await cell(() => new Promise(() => {}), { seconds: 0.05 });
    expect(slow.outcome).toBe('timeout');

    let stored!: () => void;
    const putArtifact: EngineChannel['putArtifact'] = (key) =>
      new Promise((resolve) => (stored = () => resolve({ key, sha256: 'a'.repeat(64), size: 1 })));
    const waiting = cell(({ putEvidence }) => putEvidence('a.png', Buffer.from('x')), { seconds: 0.05, putArtifact });
    const first = await Promise.race([waiting, cell(() => new Promise(() => {}), { seconds: 0.3 })]);
    expect(first.error?.details).toMatchObject({ seconds: 0.3 });
    stored();
    expect((await waiting).outcome).toBe('ok');
  });
});
