// npm start: everything from a fresh checkout to a running fleet, until Ctrl-C.
import './lib/node-version.mjs';
import { buildIfNeeded } from './build.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { runScript } from './lib/processes.mjs';

let launcher;

await runScript(
  async () => {
    await installIfNeeded();
    await buildIfNeeded();
    const { Launcher } = await import('#launcher');
    launcher = new Launcher();
    await launcher.start();
  },
  () => launcher?.stop(),
);
