import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { podmanHost, runCommand } from '../../engine/pod/host/index.ts';
import { createHome, leftovers, site, startCli } from './cli.ts';

const home = createHome();
afterAll(() => home.dispose());

/** What Podman says of a container, as far as the locks go. */
interface Inspected {
  readonly HostConfig: {
    readonly CapDrop: readonly string[];
    readonly CapAdd: readonly string[] | null;
    readonly SecurityOpt: readonly string[];
    readonly ReadonlyRootfs: boolean;
    readonly Privileged: boolean;
    readonly Binds: readonly string[] | null;
    readonly Tmpfs: Readonly<Record<string, string>>;
  };
  readonly Mounts: readonly unknown[];
  readonly EffectiveCaps: readonly string[] | null;
  readonly BoundingCaps: readonly string[] | null;
  readonly State: { readonly Pid: number };
}

describe('podman inspect of a running job', () => {
  it('shows rootless, no network, no mounts, no capabilities, no new privileges and a read-only root', async () => {
    const host = await podmanHost();
    const podman = async (...args: string[]) => {
      const result = await runCommand(host.command(args), { timeoutMs: 20_000 });
      expect(result.code, result.stderr).toBe(0);
      return result.stdout;
    };
    const run = startCli(
      ['scan', site('awkward.zip'), '-m', 'security-headers', '--max-pages', '4', '--progress', 'ndjson'],
      { home: home.path },
    );
    const accepted = await run.line(/scan\.events\.page\.visited/);
    const jobId = (JSON.parse(accepted) as { jobId: string }).jobId;
    expect(JSON.parse(await podman('info', '--format', 'json'))).toMatchObject({
      host: { security: { rootless: true } },
    });
    const pod = JSON.parse(await podman('pod', 'inspect', `stageflow-${jobId}-1`)) as { InfraContainerID: string };
    const infra = JSON.parse(await podman('inspect', pod.InfraContainerID)) as readonly {
      HostConfig: { NetworkMode: string };
    }[];
    expect(infra[0]?.HostConfig.NetworkMode).toBe('none');
    for (const role of ['extractor', 'runner']) {
      const [container] = JSON.parse(await podman('inspect', `stageflow-${jobId}-1-${role}`)) as Inspected[];
      expect(container?.Mounts).toEqual([]);
      expect(container?.HostConfig).toMatchObject({ ReadonlyRootfs: true, Privileged: false });
      expect(container?.HostConfig.Binds ?? []).toEqual([]);
      expect(Object.keys(container?.HostConfig.Tmpfs ?? {})).toEqual(['/tmp']);
      expect(container?.HostConfig.Tmpfs['/tmp']).toMatch(/size=\d+m/);
      expect(container?.HostConfig.SecurityOpt).toEqual(
        expect.arrayContaining(['no-new-privileges', expect.stringMatching(/^seccomp=/)]),
      );
      expect([container?.EffectiveCaps ?? [], container?.BoundingCaps ?? []]).toEqual([[], []]);
    }
    const result = await run.done;
    expect(result.code, result.stderr.slice(-2000)).toBe(0);
    const facts = JSON.parse(
      readFileSync(join(home.path, `store/scanner-artifacts/${jobId}/provenance.json`), 'utf8'),
    ) as {
      attempts: {
        sandbox: {
          rendererSeccomp: number;
          ownFilters: number;
          ownNamespaces: boolean;
          flagsClean: boolean;
          capEff: string;
          noNewPrivs: boolean;
        };
      }[];
    };
    expect(facts.attempts[0]?.sandbox).toMatchObject({
      rendererSeccomp: 2,
      ownNamespaces: true,
      flagsClean: true,
      capEff: '0000000000000000',
      noNewPrivs: true,
    });
    // One filter more than the container's: the browser's own.
    expect(facts.attempts[0]?.sandbox.ownFilters).toBeGreaterThanOrEqual(1);
    expect(leftovers(home.path)).toEqual([]);
  });
});
