import { z } from 'zod';

/** The part of a container seccomp profile that the transformation touches; everything else is kept as it is. */
const Profile = z.looseObject({
  defaultAction: z.string(),
  syscalls: z.array(z.looseObject({ names: z.array(z.string()), action: z.string() })),
});
export type SeccompProfile = z.infer<typeof Profile>;

/**
 * Calls that neither Node nor Chromium needs and that widen the kernel's surface. Chromium's own sandbox does need `clone` and
 * `unshare` with user namespaces, and `chroot` into an empty folder.
 */
export const DENIED_CALLS: readonly string[] = `
  mount umount umount2 pivot_root mount_setattr move_mount open_tree fsopen fsconfig fsmount fspick setns ptrace
  process_vm_readv process_vm_writev kcmp pidfd_getfd process_madvise bpf perf_event_open userfaultfd io_uring_setup
  io_uring_enter io_uring_register keyctl add_key request_key open_by_handle_at name_to_handle_at fanotify_init
  fanotify_mark lookup_dcookie quotactl quotactl_fd syslog acct reboot swapon swapoff kexec_load kexec_file_load
  init_module finit_module delete_module iopl ioperm settimeofday clock_settime clock_settime64 clock_adjtime
  clock_adjtime64 adjtimex stime sethostname setdomainname vhangup personality mknod mknodat vmsplice nfsservctl
`
  .trim()
  .split(/\s+/);

/**
 * Our profile from the machine's stock one: `chroot` is allowed without a capability (with every capability dropped the stock
 * profile forbids it, and Chromium's sandbox dies), and the calls above are taken out of every rule and refused with EPERM,
 * whatever the stock default is.
 */
export function stageflowProfile(stock: unknown): SeccompProfile {
  const profile = Profile.parse(stock);
  const gone = new Set([...DENIED_CALLS, 'chroot']);
  const syscalls = profile.syscalls
    .map((rule) => ({ ...rule, names: rule.names.filter((name) => !gone.has(name)) }))
    .filter((rule) => rule.names.length > 0);
  const eperm = { action: 'SCMP_ACT_ERRNO', errnoRet: 1, errno: 'EPERM', args: [], includes: {}, excludes: {} };
  return {
    ...profile,
    syscalls: [
      ...syscalls,
      { names: ['chroot'], action: 'SCMP_ACT_ALLOW', args: [], includes: {}, excludes: {} },
      { names: [...DENIED_CALLS], ...eperm },
    ],
  };
}
