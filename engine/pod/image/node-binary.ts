import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StageflowError } from '../../kernel/index.ts';
import { cacheFolder, repositoryFolder, runCommand } from '../host/index.ts';

/**
 * Path of a Linux Node binary for the image, from npm's platform package in our cache (the launcher may have put it there already).
 * The machine's own Node is not taken: a distribution may have linked it against libraries the image lacks.
 */
export async function linuxNode(range: string, say: (line: string) => void): Promise<string> {
  const name = `node-linux-${process.arch}`;
  // A package of the desktop app brings it, for machines without npm.
  const packed = path.join(repositoryFolder(), 'bin', name);
  if (existsSync(packed)) return packed;
  const folder = path.join(cacheFolder(), 'node');
  const binary = path.join(folder, 'node_modules', name, 'bin/node');
  if (existsSync(binary)) return binary;
  say(`Node for the image: npm package ${name}@${range}`);
  mkdirSync(folder, { recursive: true });
  const manifest = path.join(folder, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{"private":true}\n');
  const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const args = ['install', '--prefix', folder, ...flags, '--os=linux', `--cpu=${process.arch}`, `${name}@${range}`];
  const env = process.env as Record<string, string>;
  const done = await runCommand({ file: 'npm', args, env, cwd: folder }, { timeoutMs: 300_000 });
  if (done.code !== 0 || !existsSync(binary)) {
    throw new StageflowError('image_missing', { reason: `npm could not fetch ${name}@${range}` });
  }
  return binary;
}
