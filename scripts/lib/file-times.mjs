// Reporter of vitest: the time of each test file, the slowest last.
import { relative } from 'node:path';
import { bold, dim, say } from './console.mjs';
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
    say(bold('\nTime of each test file'));
    for (const file of files.slice(0, -SLOWEST)) say(dim(line(file)));
    say(bold('The slowest'));
    for (const file of files.slice(-SLOWEST)) say(line(file));
  }
}
