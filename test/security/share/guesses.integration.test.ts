import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextState } from '../../../engine/fsm/index.ts';
import { newJobId, systemClock } from '../../../engine/kernel/index.ts';
import { type Ledger, openLedger } from '../../../engine/ledger/index.ts';
import { hashSecret } from '../../../server/auth/principal.ts';
import { newShareToken, openShare } from '../../../server/share/open.ts';
import { specOf } from '../../conformance/events.ts';

const GUESSES = 1_000_000;
const SHARES = 1000;
const HOUR = 3_600_000;
const SETTINGS = JSON.stringify({
  include: { har: false, raw: false, traces: false, transcripts: false },
  visibility: 'public',
  label: null,
});

let folder: string;
let ledger: Ledger;
const jobId = newJobId();

/** A share of the job under a new token. */
function addShare(id: string, expiresAt = Date.now() + HOUR): string {
  const token = newShareToken();
  ledger.service.shares.add({ id, jobId, createdBy: 't', expiresAt, settings: SETTINGS }, hashSecret(token));
  return token;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guesses-'));
  ledger = openLedger({ path: join(folder, 'ledger.db'), clock: systemClock, nextState });
  ledger.createJob({ id: jobId, spec: specOf('urls'), parent: null });
});
afterAll(() => {
  ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('guessing', () => {
  it(`L5 ${GUESSES.toLocaleString('en')} random tokens open none of ${SHARES.toLocaleString('en')} shares`, () => {
    const { shares } = ledger.service;
    const tokens = Array.from({ length: SHARES }, (_, n) => addShare(`share${n}`));
    let hits = 0;
    for (let n = 0; n < GUESSES; n += 1) if (openShare(shares, newShareToken(), Date.now()) !== null) hits += 1;
    expect(hits).toBe(0);
    expect(tokens.every((token) => openShare(shares, token, Date.now()) !== null)).toBe(true);
  });

  it('L5 takes as long to refuse an unknown token as a revoked or an expired one', () => {
    const { shares } = ledger.service;
    const revoked = addShare('revoked');
    shares.revoke('revoked');
    const kinds = {
      unknown: newShareToken(),
      revoked,
      expired: addShare('expired', Date.now() - 1),
      malformed: '../x',
    };
    const times = new Map<string, number[]>();
    // In turns, so that whatever else the machine does falls on all of them alike.
    for (let round = 0; round < 2000; round += 1) {
      for (const [kind, token] of Object.entries(kinds)) {
        const began = performance.now();
        expect(openShare(shares, token, Date.now())).toBeNull();
        times.set(kind, [...(round === 0 ? [] : (times.get(kind) ?? [])), performance.now() - began].slice(-500));
      }
    }
    const medians = [...times.values()].map((all) => all.toSorted((a, b) => a - b)[250] ?? Infinity);
    expect(Math.max(...medians) - Math.min(...medians)).toBeLessThan(5);
  });
});
