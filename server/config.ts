import { z } from 'zod';

/** The server's settings. Each has an environment variable of the same name in capitals after `STAGEFLOW_` (`publicUrl`: `STAGEFLOW_PUBLIC_URL`). */
export const ServerConfig = z.object({
  /** Address to listen on; beyond loopback only together with `trustProxy` and `publicUrl`. */
  host: z.string().default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535).default(7070),
  /** The address that people use, such as https://scan.example.org; null on loopback. Requests for other hosts are refused. */
  publicUrl: z.url().nullable().default(null),
  /** True when a TLS proxy of ours stands in front: client addresses are read from its X-Forwarded-For. */
  trustProxy: z.boolean().default(false),
  /** Addresses from which that proxy connects; X-Forwarded-For from any other is not believed. */
  proxies: z.array(z.union([z.ipv4(), z.ipv6()])).default(['127.0.0.1', '::1']),
  /** Jobs that run at once; Lighthouse takes turns whatever this says. */
  runningJobs: z.number().int().min(1).max(64).default(2),
  /** How many of them may be one tenant's, however empty the server is. */
  runningPerTenant: z.number().int().min(1).max(64).default(5),
  /** Pods that stand ready with a browser up, about 350 MiB each; 0 for none. */
  warmPods: z.number().int().min(0).max(16).default(1),
  /** Jobs of one tenant that may wait or run. */
  queuedJobs: z.number().int().min(1).max(10_000).default(100),
  /** Bytes of archives and bundles that one tenant may send in a day (UTC), refused and deleted ones included. */
  bytesPerDay: z
    .number()
    .int()
    .min(1)
    .default(2 * 2 ** 30),
  /** Requests a minute, per token and per client address; one that only reads counts a tenth. */
  requestsPerMinute: z.number().int().min(1).default(60),
  /** Live streams per token. */
  streamsPerToken: z.number().int().min(1).default(10),
  /** Hosts that may be scanned (`example.org`, `*.example.org`); empty for all public ones. */
  allowTargets: z.array(z.string()).default([]),
  /** Hosts that may not be scanned. */
  blockTargets: z.array(z.string()).default([]),
  /** Public addresses of this host that its interfaces do not show (behind NAT): never scanned, never told by webhooks. */
  ownAddresses: z.array(z.union([z.ipv4(), z.ipv6()])).default([]),
  /** Retention in days. */
  stagingDays: z.number().min(0.01).default(7),
  jobDays: z.number().min(0.01).default(30),
  /** Days and bytes that each of the queue's streams keeps. What is unfinished is in the ledger and is published again. */
  streamDays: z.number().min(0.01).default(7),
  streamBytes: z
    .number()
    .int()
    .min(2 ** 24)
    .default(2 ** 30),
  /** Port on loopback that gives the metrics without a token; 0 for none. */
  metricsPort: z.number().int().min(0).max(65_535).default(0),
  /** `host:port` of private addresses to which webhooks may be sent. */
  webhookHosts: z.array(z.string()).default([]),
  /** True to serve on a queue that can lose accepted jobs at a power loss (nats-server before 2.10). */
  allowReducedDurability: z.boolean().default(false),
  /** Seconds that running cells get to end when the server is stopped. */
  graceSeconds: z.number().int().min(0).max(3600).default(20),
});
export type ServerConfig = z.infer<typeof ServerConfig>;
