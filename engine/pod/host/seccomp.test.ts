import { expect, it } from 'vitest';
import { DENIED_CALLS, stageflowProfile } from './seccomp.ts';

const stock = {
  defaultAction: 'SCMP_ACT_ERRNO',
  archMap: [{ architecture: 'SCMP_ARCH_X86_64' }],
  syscalls: [
    { names: ['read', 'mount', 'clone', 'unshare', 'keyctl'], action: 'SCMP_ACT_ALLOW' },
    { names: ['chroot'], action: 'SCMP_ACT_ALLOW', includes: { caps: ['CAP_SYS_CHROOT'] } },
    { names: ['chroot'], action: 'SCMP_ACT_ERRNO', excludes: { caps: ['CAP_SYS_CHROOT'] } },
    { names: ['bpf', 'setns'], action: 'SCMP_ACT_ALLOW', includes: { caps: ['CAP_SYS_ADMIN'] } },
  ],
};

it('allows chroot without a capability, which the browser’s own sandbox needs', () => {
  const rules = stageflowProfile(stock).syscalls.filter((rule) => rule.names.includes('chroot'));
  expect(rules).toEqual([{ names: ['chroot'], action: 'SCMP_ACT_ALLOW', args: [], includes: {}, excludes: {} }]);
});

it('allows none of the calls that widen the kernel’s surface, with or without a capability', () => {
  const allowed = stageflowProfile(stock)
    .syscalls.filter((rule) => rule.action === 'SCMP_ACT_ALLOW')
    .flatMap((rule) => rule.names);
  expect(allowed.filter((name) => DENIED_CALLS.includes(name))).toEqual([]);
  for (const name of [
    'mount',
    'ptrace',
    'bpf',
    'keyctl',
    'setns',
    'io_uring_setup',
    'userfaultfd',
    'open_tree',
    'process_vm_readv',
  ]) {
    expect(DENIED_CALLS).toContain(name);
  }
});

it('keeps what the browser and Node need, and the rest of the profile', () => {
  const profile = stageflowProfile(stock);
  expect(profile.syscalls[0]?.names).toEqual(['read', 'clone', 'unshare']);
  expect(profile.archMap).toEqual(stock.archMap);
});

it('refuses something that is not a profile', () => {
  expect(() => stageflowProfile({ syscalls: 'all' })).toThrow();
});
