import { expect, it } from 'vitest';
import { isLockedIn } from './sandbox.ts';

const proof = {
  rendererSeccomp: 2,
  ownFilters: 1,
  ownNamespaces: true,
  flagsClean: true,
  capEff: '0000000000000000',
  noNewPrivs: true,
};

it('a pod whose renderer has its own filter and namespaces, and whose runner may nothing, is locked in', () => {
  expect(isLockedIn(proof, 'pod')).toBe(true);
  expect(isLockedIn({ ...proof, ownFilters: null }, 'pod')).toBe(true);
});

it.each([
  { rendererSeccomp: 0 },
  { rendererSeccomp: null },
  { ownFilters: 0 },
  { ownNamespaces: false },
  { flagsClean: false },
  { capEff: '0000000000000400' },
  { capEff: '' },
  { noNewPrivs: false },
])('a pod with %o is not', (fact) => {
  expect(isLockedIn({ ...proof, ...fact }, 'pod')).toBe(false);
});

it('without a pod the runner has what its person has, and the browser’s own sandbox must hold all the same', () => {
  const own = { ...proof, capEff: '000001ffffffffff', noNewPrivs: false };
  expect(isLockedIn(own, 'process')).toBe(true);
  expect(isLockedIn({ ...own, ownNamespaces: false }, 'process')).toBe(false);
});
