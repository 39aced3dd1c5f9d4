import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PATIENCE_MS = 2_000;

/**
 * Whether the system has a place for tray icons. Windows and macOS always do; on Linux something has to have taken the task of showing them (GNOME
 * does not without an extension), and an icon that nobody shows would hide the app for good.
 */
export async function hasTray(platform: NodeJS.Platform, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  if (platform !== 'linux') return true;
  const question = ['--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/org/freedesktop/DBus'];
  const method = ['--method', 'org.freedesktop.DBus.NameHasOwner', 'org.kde.StatusNotifierWatcher'];
  try {
    const { stdout } = await run('gdbus', ['call', ...question, ...method], { timeout: PATIENCE_MS, env });
    return stdout.trim() === '(true,)';
  } catch {
    // No session bus, or nothing to ask it with: nobody shows icons here.
    return false;
  }
}
