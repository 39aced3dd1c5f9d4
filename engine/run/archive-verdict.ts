import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { StageflowError } from '../kernel/index.ts';
import { podmanHost } from '../pod/host/index.ts';
import { ensureImage } from '../pod/image/index.ts';
import { soloArguments } from '../pod/index.ts';
import { judgePath } from '../submit/index.ts';

/** The intake's judgement of one archive. */
const Verdict = z.object({
  verdict: z.enum(['accept', 'refuse']),
  /** Why a scan ends here; of an accepted archive that there is nothing to scan in it. */
  code: z.string().max(40).nullable(),
  entry: z.string().max(2048).nullable(),
  reason: z.string().max(1000).nullable(),
  sentence: z.string().max(2000),
  entries: z.number().int().nonnegative(),
  bytes: z.number().nonnegative(),
  notes: z.array(z.string().max(500)).max(1000),
});
export type ArchiveVerdict = z.infer<typeof Verdict>;

const MOST_OUTPUT = 2 * 2 ** 20;
const SCRIPT = 'cat > /tmp/archive.zip && exec node /app/scanners/runtime/extractor/verdict-main.ts /tmp/archive.zip';

/** What intake says of an archive by its outside alone, before anything is set up; null when its inside decides. No such file is `file_not_found`. */
export async function outsideVerdict(path: string): Promise<ArchiveVerdict | null> {
  try {
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory()) throw new StageflowError('not_a_zip', { path });
    await judgePath(path);
    return null;
  } catch (error) {
    if (!(error instanceof StageflowError) || !['not_a_zip', 'zip_size'].includes(error.code)) throw error;
    const { code, message } = error;
    return {
      verdict: 'refuse',
      code,
      entry: null,
      reason: message,
      sentence: message,
      entries: 0,
      bytes: 0,
      notes: [],
    };
  }
}

/**
 * Judges an archive as intake would, in a locked container of its own: nothing hostile is parsed in this process.
 * Call it for what `outsideVerdict` lets pass; a container that fails is `podman_failed`.
 */
export async function archiveVerdict(path: string, say: (line: string) => void): Promise<ArchiveVerdict> {
  const host = await podmanHost();
  const image = await ensureImage(host, say);
  const { file, args, env, cwd } = host.command(soloArguments(image, host, ['sh', '-c', SCRIPT]));
  const child = spawn(file, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  // A container that ended early closes its stdin; its exit code tells more than the broken pipe.
  await pipeline(createReadStream(path), child.stdin).catch(() => {});
  await closed;
  const parsed = Verdict.safeParse(parse(await output));
  if (!parsed.success)
    throw new StageflowError('podman_failed', { reason: (await errors).slice(-300) || 'the container said nothing' });
  return parsed.data;
}

async function collect(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of stream) if (text.length < MOST_OUTPUT) text += chunk.toString();
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
