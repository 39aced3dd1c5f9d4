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
});

it.each([
  { rendererSeccomp: 0 },
  { rendererSeccomp: null },
  { ownFilters: 0 },
  // The kernel does not count them, and the pod's own filter is on every process.
  { ownFilters: null },
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
  expect(isLockedIn(own, 'process', 'linux')).toBe(true);
  expect(isLockedIn({ ...own, ownNamespaces: false }, 'process', 'linux')).toBe(false);
});

it('without a pod and without /proc nothing can be read of it, and a pod is proved on every platform', () => {
  const unread = { ...proof, rendererSeccomp: null, ownFilters: null, ownNamespaces: false, flagsClean: false };
  expect(isLockedIn(unread, 'process', 'darwin')).toBe(true);
  expect(isLockedIn(unread, 'pod', 'darwin')).toBe(false);
});
