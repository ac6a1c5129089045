import { distanceM, type Point } from '#geo';
import { carKey, driverOfKey, hkdfKey, Pseudonyms } from '#realtime';
import { type DriverEvent, type DriverRecord, type KnownDriver, shownCar } from '#store';
import { GridCars } from '../../apps/gateway/src/fleet/grid-cars.js';
import { NearestCars } from '../../apps/gateway/src/fleet/nearest-cars.js';
import { fold } from '../../apps/processor/src/pipeline/fold.js';
import { unknownDriver } from '../fixtures/records.js';

/**
 * A car as one rider saw it at one moment. Riders do not know `key`, its driver and number of name: with it, what several riders
 * saw of the car at the same time can be joined, as attackers could by its place.
 */
export type SeenCar = Point & { rider: number; name: string; key: string };
/** All that some riders saw at a moment. */
export type Moment = { t: number; seen: SeenCar[] };

export const STEP_MS = 5_000;
const SILENT_MS = 30_000;

/** Turns the records of drivers into what riders see of them. */
export type Eyes = (records: DriverRecord[], now: number) => SeenCar[];

/**
 * Replays events of drivers, in order of time, and returns what riders see every five seconds.
 * @param random decides when cars come back
 */
export function* replayed(
  events: DriverEvent[],
  eyes: Eyes,
  random: () => number,
): Generator<Moment & { records: ReadonlyMap<string, DriverRecord> }> {
  const known = new Map<string, KnownDriver>();
  const records = new Map<string, DriverRecord>();
  let version = 1;
  let i = 0;
  for (let t = events[0]!.receivedAt; i < events.length; t += STEP_MS) {
    for (; i < events.length && events[i]!.receivedAt <= t; i += 1) {
      const event = events[i]!;
      const { driverId } = event;
      const before = known.get(driverId) ?? unknownDriver(driverId);
      const { after, status, shift, statusAt } = fold(before, [event], ++version, SILENT_MS, random);
      known.set(driverId, { ...before, record: after, status, shift, statusAt });
      if (after?.present) records.set(driverId, after);
      else records.delete(driverId);
    }
    for (const [driverId, { receivedAt }] of records)
      if (t - receivedAt > SILENT_MS) records.delete(driverId);
    yield { t, seen: eyes([...records.values()], t), records };
  }
}

/** The views of riders with these pins, as the gateway computes them. */
export function ridersAt(
  pins: Point[],
  isHidden: (pin: number, driverId: string) => boolean = () => false,
): Eyes {
  const names = new Pseudonyms(hkdfKey('a secret of the tests, at least 32 characters', 'test'));
  const grid = new GridCars();
  const views = pins.map((pin) => ({ pin, nearest: new NearestCars(), has: new Map<string, SeenCar>() }));
  const cells = new Set(['any']);
  return (records, now) => {
    const cars = records.flatMap((record) => {
      const shown = shownCar(record);
      if (shown === null) return [];
      const key = carKey(record.driverId, record.shift);
      return [grid.hold({ ...shown, key, receivedAt: record.receivedAt }, now)];
    });
    return views.flatMap(({ pin, nearest, has }, i) => {
      const known = cars.filter(({ key }) => !isHidden(i, driverOfKey(key)));
      nearest.reset(
        { ...pin, cells },
        known.map((car) => ({ car, cell: 'any' })),
        Number.POSITIVE_INFINITY,
      );
      for (const { moved, gone } of nearest.takeFrames()) {
        for (const key of gone) has.delete(key);
        for (const { key, lat, lng } of moved)
          has.set(key, { rider: i, name: names.named(`rider ${i}`, key), lat, lng, key });
      }
      return [...has.values()];
    });
  };
}

/** Riders who see all cars where they are, under names that only change every nine minutes and after a trip. */
export const plainRidersAt =
  (pins: Point[]): Eyes =>
  (records, now) =>
    pins.flatMap((pin, rider) =>
      records
        .filter(({ status }) => status === 'available')
        .sort((a, b) => distanceM(pin, a) - distanceM(pin, b))
        .slice(0, 80)
        .map(({ driverId, shift, lat, lng }) => {
          const key = `${driverId}/${shift}-${Math.floor(now / 540_000)}`;
          return { rider, name: key, lat, lng, key };
        }),
    );
