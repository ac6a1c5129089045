import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

const SLOWEST = 10;

/** Vitest reporter: duration of each test file, slowest last. */
export default class FileTimes implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules
      .map((module) => ({ path: relative(process.cwd(), module.moduleId), ms: totalMs(module.diagnostic()) }))
      .sort((a, b) => a.ms - b.ms)
      .map(({ path, ms }) => `${(ms / 1000).toFixed(1).padStart(8)} s  ${path}`);
    console.log('\nDuration of each test file');
    for (const line of lines.slice(0, -SLOWEST)) console.log(line);
    console.log('Slowest files');
    for (const line of lines.slice(-SLOWEST)) console.log(line);
  }
}

const totalMs = (times: ReturnType<TestModule['diagnostic']>): number =>
  times.environmentSetupDuration +
  times.prepareDuration +
  times.collectDuration +
  times.setupDuration +
  times.duration;
