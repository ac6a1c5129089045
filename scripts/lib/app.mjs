import { spawnGroup } from './groups.mjs';
import { inRoot, root } from './root.mjs';

/**
 * Spawns one of the applications. It sends { type: 'ready', ... } over IPC once it serves, and exits on SIGTERM or when
 * the IPC channel closes, so that it does not outlive a killed launcher.
 * @param file under dist
 */
export function launchApp(file, env) {
  const child = spawnGroup(process.execPath, [inRoot('dist', file)], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ready = new Promise((resolve) => {
    child.on('message', (message) => message?.type === 'ready' && resolve(message));
  });
  return { child, ready };
}
