import { type System, startSystem } from '../fixtures/system.js';

/** Ends something that a scenario has started. */
type End = () => unknown;
export type AtEnd = (end: End) => void;

/** Runs work with a complete installation, then stops what the work has passed to `atEnd`, last first, and the installation. */
export async function withSystem<T>(
  options: Parameters<typeof startSystem>[0],
  work: (system: System, atEnd: AtEnd) => Promise<T>,
): Promise<T> {
  const system = await startSystem(options);
  const ends: End[] = [() => system.stop()];
  try {
    return await work(system, (end) => ends.push(end));
  } finally {
    await endAll(ends);
  }
}

/** Ends the others, too, if one fails. */
async function endAll(ends: End[]): Promise<void> {
  const end = ends.pop();
  if (end === undefined) return;
  try {
    await end();
  } finally {
    await endAll(ends);
  }
}
