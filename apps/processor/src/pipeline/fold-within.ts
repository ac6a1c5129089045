import { regionOf } from '#geo/cells';
import type { DriverEvent, KnownDriver } from '#store';
import { fold, type Note, type Outcome } from './fold.js';
import type { RegionBudget } from './region-budget.js';

/**
 * Applies events like {@link fold}, unless they lead into a region that the driver must not enter now. Then its fixes are
 * implausible, and only the changes of its status count.
 */
export function foldWithin(
  budget: Pick<RegionBudget, 'mayEnter'>,
  known: KnownDriver,
  events: DriverEvent[],
  version: number,
  silentMs: number,
  random: () => number,
  kept?: ReadonlySet<number>,
): Outcome {
  const outcome = fold(known, events, version, silentMs, random, kept);
  const { after, before } = outcome;
  if (after === null || after.cell === before?.cell) return outcome;
  const region = regionOf(after.cell);
  if (region === known.region || budget.mayEnter(known.driverId, region, events.at(-1)!.receivedAt))
    return outcome;
  return withoutFixes(known, events, version, silentMs, random);
}

function withoutFixes(
  known: KnownDriver,
  events: DriverEvent[],
  version: number,
  silentMs: number,
  random: () => number,
): Outcome {
  const notes = events.flatMap((event): Note[] =>
    'fix' in event ? [{ outcome: 'implausible', why: 'jump', t: event.fix.t }] : [],
  );
  const changes = events.filter((event) => 'change' in event);
  const outcome = fold(known, changes, version, silentMs, random);
  const { after } = outcome;
  const counts = { ...outcome.counts, implausible: outcome.counts.implausible + notes.length };
  const total = after && { ...after.counts, implausible: after.counts.implausible + notes.length };
  return { ...outcome, counts, notes, after: after && { ...after, counts: total! } };
}
