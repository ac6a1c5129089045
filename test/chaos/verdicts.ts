import type { Observation } from './apps.js';
import { isMisplaced, readIndex } from './index-watch.js';
import { atLeast, atMost, type Context, none, type Verdict } from './scenario.js';
import { type TestBed, unfinished } from './test-bed.js';
import { missingFromTrack } from './track-audit.js';

/** The send interval of a driver: a rider's view is never older than the next fix. */
const ON_TIME_MS = 1_000;
export const RECOVERY_MS = 5_000;

/**
 * No fix is lost if it is in the driver's track, everything in the stream was processed, and the index has the newest.
 * @param since epoch ms; earlier acks are counted elsewhere, because Redis may have lost them with the stream
 */
export async function nothingLost(
  { system, fleet }: TestBed,
  { log }: Context,
  since = 0,
): Promise<Verdict[]> {
  const { drivers, riders } = fleet;
  const redis = system.redis.client;
  const index = await readIndex(redis);
  const acked = sum(drivers.map((driver) => driver.acked.length));
  const missingFixes = await Promise.all(drivers.map((driver) => missingFromTrack(redis, driver, since)));
  const behind = drivers.filter(({ id, newestAcked }) => index.get(id)?.records[0]?.t !== newestAcked);
  log(`${acked} fixes were acked; riders received ${sum(riders.map((r) => r.received.length))} positions.`);
  return [
    atLeast('acked fixes', acked, 1),
    none('fixes still in an outbox at the end', sum(drivers.map(({ client }) => client.waiting))),
    none('fixes rejected', sum(drivers.map(({ rejected }) => rejected))),
    none('acked fixes missing from the track of their driver', sum(missingFixes)),
    none('stream entries that no processor finished', await unfinished(redis)),
    none('drivers whose index record is not at their newest acked fix', behind.length),
  ];
}

/** The newest fix time wins, in the index and for followers. */
export function neverMovesBack({ fleet, index }: TestBed, { log }: Context): Verdict[] {
  const pushes = sum(fleet.dispatchers.map((app) => app.pushes));
  log(`Two dispatchers, which see every push, were sent ${pushes} positions.`);
  const isBackwards = ({ t }: Observation, i: number, all: Observation[]) => i > 0 && t < all[i - 1]!.t;
  return [
    none('drivers that moved back in time in the index', index.backwards),
    none('positions pushed after a newer one', sum(fleet.dispatchers.map((app) => app.backwards))),
    none(
      'positions that riders saw go back',
      sum(fleet.riders.map(({ received }) => received.filter(isBackwards).length)),
    ),
  ];
}

/** A driver is in exactly one cell of one region, or in none while changing region. */
export async function indexedOnce({ system, fleet, index }: TestBed, { log }: Context): Promise<Verdict[]> {
  const placed = await readIndex(system.redis.client);
  const isInOneCell = ({ id }: { id: string }) => {
    const place = placed.get(id);
    return place !== undefined && place.cells.length === 1 && !isMisplaced(place);
  };
  log(`The index was sampled ${index.samples} times.`);
  return [
    none('drivers in two cells or in a wrong one, in any sample', index.misplaced),
    none(
      'drivers that are not in exactly one cell at the end',
      fleet.drivers.filter((driver) => !isInOneCell(driver)).length,
    ),
    none('riders notified that their driver is gone', sum(fleet.riders.map(({ gone }) => gone))),
  ];
}

/** `since` is the time of the last kill, or when Redis was back; epoch ms. */
export function deliveryRecovers(
  { fleet }: TestBed,
  { faultAt, since, what }: { faultAt: number; since: number; what: string },
  { log }: Context,
): Verdict[] {
  const firstOnTime = fleet.riders.map(({ received }) => {
    const first = received.find(({ t, at }) => t >= since && at - t <= ON_TIME_MS);
    return first === undefined ? Number.POSITIVE_INFINITY : first.at - since;
  });
  const steady = since + RECOVERY_MS;
  const delays = (from: number, to: number) => delaysOf(fleet, from, to);
  const after = delays(steady, Number.POSITIVE_INFINITY);
  const missed = fleet.riders.map(({ driver, received }) => {
    const seen = new Set(received.map(({ t }) => t));
    return driver.acked.filter(({ t }) => t >= steady && !seen.has(t)).length;
  });
  log(`Delay from driver to rider, before the fault: ${quantiles(delays(0, faultAt - ON_TIME_MS))}`);
  log(`Delay from driver to rider, from ${RECOVERY_MS} ms after on: ${quantiles(after)}`);
  return [
    atMost(
      `ms after ${what} until the last rider has a position on time`,
      Math.max(...firstOnTime),
      RECOVERY_MS,
    ),
    atMost(`delay p99 from ${RECOVERY_MS} ms after on, ms`, quantile(after, 0.99), ON_TIME_MS),
    none(`positions from then on that riders did not get`, sum(missed)),
  ];
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Delays from driver to rider of the fixes made in a time span, sorted, ms. */
export const delaysOf = ({ riders }: TestBed['fleet'], from: number, to: number): number[] =>
  riders
    .flatMap(({ received }) => received.filter(({ t }) => t >= from && t < to).map(({ t, at }) => at - t))
    .sort((a, b) => a - b);

export const quantile = (sorted: number[], part: number): number =>
  sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN;

const quantiles = (sorted: number[]): string =>
  `p50 ${quantile(sorted, 0.5)} ms, p99 ${quantile(sorted, 0.99)} ms, max ${quantile(sorted, 1)} ms of ${sorted.length}`;
