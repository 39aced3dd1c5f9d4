import { createHash } from 'node:crypto';
import type { ChannelHandlers } from '../../../engine/pod/index.ts';
import { ARCHIVE_LIMITS, type ContainerMessage, type ExtractorAssignment } from '../../../engine/scanner/index.ts';
import { handlersOf } from '../pod/pair.ts';

/** An engine that hands out one archive and listens to the extractor. */
export function engineWith(archive: Buffer, more: Partial<ExtractorAssignment> = {}) {
  let tell: (message: ContainerMessage) => void = () => undefined;
  let beat: () => void = () => undefined;
  const said = new Promise<ContainerMessage>((resolve) => (tell = resolve));
  const heartbeat = new Promise<void>((resolve) => (beat = resolve));
  const assignment: ExtractorAssignment = {
    role: 'extractor',
    protocol: 1,
    jobId: 'job',
    attempt: 1,
    sha256: createHash('sha256').update(archive).digest('hex'),
    limits: ARCHIVE_LIMITS,
    directory: 'site',
    port: 0,
    ...more,
  };
  const handlers: ChannelHandlers = handlersOf({
    assignment: async () => assignment,
    input: async () => chunks(archive),
    message: async (message) => {
      if (message.type === 'heartbeat') beat();
      else tell(message);
      return { skip: false };
    },
  });
  return { assignment, input: () => chunks(archive), handlers, said, heartbeat };
}

async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
