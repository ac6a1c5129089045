// Vitest reporter: duration of each test file, slowest last.
import { relative } from 'node:path';
import { bold, dim, print } from './console.mjs';
import { root } from './root.mjs';

const SLOWEST = 10;

const totalMs = ({ environmentSetupDuration, prepareDuration, collectDuration, setupDuration, duration }) =>
  environmentSetupDuration + prepareDuration + collectDuration + setupDuration + duration;

export default class FileTimes {
  onTestRunEnd(modules) {
    const files = modules
      .map((module) => ({ path: relative(root, module.moduleId), ms: totalMs(module.diagnostic()) }))
      .sort((a, b) => a.ms - b.ms);
    const line = ({ path, ms }) => `${(ms / 1000).toFixed(1).padStart(8)} s  ${path}`;
    print(bold('\nDuration of each test file'));
    for (const file of files.slice(0, -SLOWEST)) print(dim(line(file)));
    print(bold('Slowest files'));
    for (const file of files.slice(-SLOWEST)) print(line(file));
  }
}
