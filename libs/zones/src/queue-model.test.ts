import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  EMPTY_QUEUE,
  placeIn,
  type QueueEvent,
  type QueueRules,
  queueAfter,
  waitingIn,
} from './queue-order.js';

const RULES: QueueRules = { keepPlaceS: 300, shortTripPriority: true, shortTripMaxS: 900 };
const DRIVERS = ['a', 'b', 'c', 'd', 'e'];
const HOUR_MS = 3_600_000;

/** Action of a driver or its rider; whether it means something depends on what was before. */
type Step = {
  kind: 'comes' | 'leaves' | 'declines' | 'accepts' | 'riderCancels' | 'endsShort' | 'endsLong';
  driver: number;
  /** time since the step before, s */
  afterS: number;
  /** number of times that the event arrives */
  times: number;
};

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(
      'comes' as const,
      'comes' as const,
      'comes' as const,
      'leaves' as const,
      'declines' as const,
      'accepts' as const,
      'riderCancels' as const,
      'endsShort' as const,
      'endsLong' as const,
    ),
    driver: fc.nat(DRIVERS.length - 1),
    afterS: fc.constantFrom(1, 20, 150, 299, 301, 600, 901),
    times: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 60 },
);

type Driver = { isHere: boolean; trip: string | null /** s */; lostAfter: number };

/** A line of people: whoever is not in it goes to its end, and a place is lost after its time. All times in seconds. */
class Line {
  #line: string[] = [];
  readonly #drivers = new Map<string, Driver>();
  #departures: { trip: string; at: number }[] = [];

  take(kind: Step['kind'], name: string, now: number, trip: string): void {
    this.#forget(now);
    const driver = this.#drivers.get(name);
    if (driver === undefined) {
      if (kind !== 'comes') return;
      this.#line.push(name);
      this.#drivers.set(name, { isHere: true, trip: null, lostAfter: Infinity });
      return;
    }
    const keep = (seconds: number) => {
      driver.lostAfter = driver.isHere ? Infinity : now + seconds;
    };
    if (kind === 'comes') [driver.isHere, driver.lostAfter] = [true, Infinity];
    else if (kind === 'leaves' && driver.isHere) {
      driver.isHere = false;
      if (driver.trip === null) keep(RULES.keepPlaceS);
    } else if (kind === 'declines') this.#toEnd(name);
    else if (kind === 'accepts' && driver.trip === null) {
      [driver.trip, driver.lostAfter] = [trip, Infinity];
      this.#departures.push({ trip, at: now });
    } else if (driver.trip !== null) this.#end(kind, name, driver, keep);
  }

  #end(kind: Step['kind'], name: string, driver: Driver, keep: (seconds: number) => void): void {
    if (kind !== 'riderCancels' && kind !== 'endsShort' && kind !== 'endsLong') return;
    if (kind === 'riderCancels')
      this.#departures = this.#departures.filter(({ trip }) => trip !== driver.trip);
    driver.trip = null;
    if (kind === 'riderCancels') keep(RULES.keepPlaceS);
    else if (kind === 'endsShort') keep(RULES.shortTripMaxS);
    else if (driver.isHere) this.#toEnd(name);
    else this.#drop(name);
  }

  waiting(): string[] {
    return this.#line.filter((name) => this.#drivers.get(name)!.isHere && this.tripOf(name) === null);
  }

  tripOf(name: string): string | null {
    return this.#drivers.get(name)?.trip ?? null;
  }

  waitS(place: number, now: number): number | null {
    const recent = this.#departures.filter(({ at }) => at > now - HOUR_MS / 1_000).length;
    return recent === 0 ? null : Math.round((place * 3_600) / recent);
  }

  #toEnd(name: string): void {
    this.#line = [...this.#line.filter((each) => each !== name), name];
  }

  #drop(name: string): void {
    this.#line = this.#line.filter((each) => each !== name);
    this.#drivers.delete(name);
  }

  #forget(now: number): void {
    for (const [name, { lostAfter }] of this.#drivers) if (now > lostAfter) this.#drop(name);
  }
}

const eventOf = (
  kind: Step['kind'],
  driverId: string,
  at: number,
  version: number,
  tripId: string,
): QueueEvent => {
  switch (kind) {
    case 'comes':
      return { kind: 'here', driverId, at, version };
    case 'leaves':
      return { kind: 'away', driverId, at, version };
    case 'declines':
      return { kind: 'passed', driverId, at };
    case 'accepts':
      return { kind: 'accepted', driverId, tripId, at };
    case 'riderCancels':
      return { kind: 'returned', driverId, tripId, at };
    default:
      return { kind: 'finished', driverId, tripId, at, isShort: kind === 'endsShort' };
  }
};

test('a queue equals a line of people under random events that arrive once or several times', () => {
  fc.assert(
    fc.property(steps, (walk) => {
      const line = new Line();
      let queue = EMPTY_QUEUE;
      let nowS = 1_700_000_000;
      for (const [i, { kind, driver, afterS, times }] of walk.entries()) {
        nowS += afterS;
        const name = DRIVERS[driver]!;
        const trip = kind === 'accepts' ? `trip ${i}` : (line.tripOf(name) ?? 'none');
        line.take(kind, name, nowS, trip);
        const event = eventOf(kind, name, nowS * 1_000, i + 1, trip);
        for (let n = 0; n < times; n += 1) queue = queueAfter(queue, [event], RULES, nowS * 1_000);
        expect(waitingIn(queue).map(({ driverId }) => driverId)).toEqual(line.waiting());
        const waiting = line.waiting();
        for (const [index, each] of waiting.entries())
          expect(placeIn(queue, each)).toEqual({
            place: index + 1,
            of: waiting.length,
            waitS: line.waitS(index + 1, nowS),
          });
      }
    }),
    { numRuns: 2_000 },
  );
});
