/** Leaves room for the suffix of a run and for the prefix of the rider's id. */
const MAX_LENGTH = 40;

/**
 * Gives each id of a recording a driver id of its own. Other systems have ids with spaces or other scripts, and long ones
 * that differ at their end only; those get their number in the recording.
 */
export function driverIdsOf(ids: readonly string[]): Map<string, string> {
  const isPlain = (id: string) => id.length <= MAX_LENGTH && cleaned(id) === id;
  const taken = new Set(ids.filter(isPlain));
  const found = new Map<string, string>();
  for (const [index, id] of ids.entries()) {
    let driverId = id;
    for (
      let number = index + 1;
      !isPlain(id) && (driverId === id || taken.has(driverId));
      number += ids.length
    )
      driverId = `${cleaned(id).slice(0, MAX_LENGTH - 8)}-${number}`;
    taken.add(driverId);
    found.set(id, driverId);
  }
  return found;
}

const cleaned = (id: string): string => id.normalize('NFKD').replaceAll(/[^A-Za-z0-9_.:@|+-]+/g, '_');
