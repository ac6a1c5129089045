import { readFileSync } from 'node:fs';

/** Ticks of /proc/PID/stat in a second, on every Linux that Node runs on. */
const TICKS_PER_S = 100;

/** CPU that a process has used, user and system, ms. See proc(5). */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_S;
}

export const cpuOf = (pids: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuMs(pid)]));
