import type { ChildProcess, SpawnOptions } from 'node:child_process';

export function spawnGroup(command: string, args: string[], options?: SpawnOptions): ChildProcess;
export function signalGroup(pid: number, signal: NodeJS.Signals): void;
export function run(
  command: string,
  args: string[],
  options?: SpawnOptions,
): Promise<{ code: number; output: string }>;
export function onPath(name: string): Promise<string | undefined>;
