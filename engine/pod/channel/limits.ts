/** What a container may do on its channel. Sizes in bytes, times in milliseconds. */
export const CHANNEL_LIMITS = {
  /** Bodies of `runner.origin` and `page.visited`, which carry lists of addresses. */
  largeMessage: 2 * 2 ** 20,
  /** Every other body that is parsed. */
  message: 256 * 2 ** 10,
  /** One stored object. */
  artifact: 64 * 2 ** 20,
  /** Nesting of JSON; real messages have four levels. */
  jsonDepth: 16,
  /** `CONNECT` streams open at once. */
  tunnels: 64,
  /** All other streams open at once. */
  requests: 48,
  headerBytes: 16 * 2 ** 10,
  /**
   * What a container may send ahead on one stream. Small on purpose: the engine's memory bears it for every open stream, and on a
   * pipe of this machine 1 MiB in flight is already faster than the disk.
   */
  streamWindow: 2 ** 20,
  sessionWindow: 32 * 2 ** 20,
  /** How long `POST /next` is held. */
  poll: 20_000,
  /** A body that does not move for this long is given up. */
  stalledBody: 120_000,
  /** Breaches of the protocol after which the container is ended. An honest container has none. */
  violations: 8,
} as const;
