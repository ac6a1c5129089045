import { HOUR_MS } from '#protocol';

/** Maximum number of drivers in a queue; further ones are not added. */
export const MAX_PLACES = 1_000;
/** Time after which the place of a driver whose trip never ended is dropped, ms. */
const MAX_TRIP_MS = 24 * HOUR_MS;

/** Place of a driver in a queue. */
export type Place = {
  driverId: string;
  /** position in the order: the time of entry or of the latest offer that was not accepted, epoch ms; ties by driver id */
  order: number;
  /** whether the driver is inside and available */
  isHere: boolean;
  /** version of the driver's record that said so: earlier ones are ignored */
  version: number;
  /** until when a place of a driver who is not here is kept, epoch ms; null while here or on a trip */
  keptUntil: number | null;
  /** trip that was accepted from the queue and is not over, and when it was accepted, epoch ms */
  trip: { id: string; at: number } | null;
  /** latest trip that was over: applied again, it changes nothing */
  lastTrip: string | null;
};

/** State of a queue. */
export type Queue = {
  places: readonly Place[];
  /** trips that were accepted within the last hour, by whom, and when, epoch ms */
  departures: readonly { tripId: string; driverId: string; at: number }[];
};

/** Rules of a `queue` zone. */
export type QueueRules = { keepPlaceS: number; shortTripPriority: boolean; shortTripMaxS: number };

/**
 * Event of a queue. Each may be applied any number of times, and those of one trip again after later ones.
 * - `here`, `away`: whether the driver is inside and available, by version of its record; `at` for `here` is the time of entry
 * - `passed`: declined, or did not answer, an offer from the queue
 * - `accepted`: accepted an offer from the queue
 * - `returned`: the rider cancelled the accepted trip
 * - `finished`: the accepted trip ended in another way; after a short one the place is kept
 */
export type QueueEvent = { driverId: string; at: number } & (
  | { kind: 'here'; version: number }
  | { kind: 'away'; version: number }
  | { kind: 'passed' }
  | { kind: 'accepted'; tripId: string }
  | { kind: 'returned'; tripId: string }
  | { kind: 'finished'; tripId: string; isShort: boolean }
);

export const EMPTY_QUEUE: Queue = { places: [], departures: [] };

/** Applies events to a queue. Pure. @returns the same queue if nothing changed */
export function queueAfter(
  queue: Queue,
  events: readonly QueueEvent[],
  rules: QueueRules,
  now: number,
): Queue {
  let next = pruned(queue, now);
  for (const event of events) next = applied(next, event, rules, now);
  return next;
}

/** Applies one event to a queue without outdated places. */
function applied(queue: Queue, event: QueueEvent, rules: QueueRules, now: number): Queue {
  const place = queue.places.find(({ driverId }) => driverId === event.driverId);
  const keptUntil = now + rules.keepPlaceS * 1_000;
  if (event.kind === 'here' || event.kind === 'away') {
    const { version } = event;
    const isHere = event.kind === 'here';
    if (place === undefined)
      return isHere ? added(queue, event, version, entryOf(queue, event.at, rules, now)) : queue;
    if (version <= place.version) return queue;
    if (isHere) return put(queue, { ...place, isHere, version, keptUntil: null });
    const kept = place.trip !== null ? null : place.isHere ? keptUntil : place.keptUntil;
    return put(queue, { ...place, isHere, version, keptUntil: kept });
  }
  if (place === undefined) return queue;
  if (event.kind === 'passed')
    // An order that is later than the offer shows that it was moved already.
    return event.at <= place.order ? queue : put(queue, { ...place, order: endOf(queue, event.at) });
  const { tripId } = event;
  if (event.kind === 'accepted') {
    if (place.trip !== null || place.lastTrip === tripId || event.at < place.order) return queue;
    const { driverId, at } = event;
    const departures = [...queue.departures, { tripId, driverId, at }];
    return { ...put(queue, { ...place, trip: { id: tripId, at: event.at }, keptUntil: null }), departures };
  }
  if (place.trip?.id !== tripId) return queue;
  const over = { ...place, trip: null, lastTrip: tripId };
  if (event.kind === 'returned') {
    const departures = queue.departures.filter((each) => each.tripId !== tripId);
    return { ...put(queue, { ...over, keptUntil: place.isHere ? null : keptUntil }), departures };
  }
  if (event.isShort && rules.shortTripPriority)
    return put(queue, { ...over, keptUntil: place.isHere ? null : now + rules.shortTripMaxS * 1_000 });
  if (place.isHere) return put(queue, { ...over, order: endOf(queue, event.at) });
  return { ...queue, places: queue.places.filter((each) => each !== place) };
}

/** Drivers who can be offered a trip, first first. */
export const waitingIn = ({ places }: Queue): Place[] =>
  places.filter(({ isHere, trip }) => isHere && trip === null).sort(byOrder);

/**
 * Returns the queue of each vehicle class: its places and departures, in the same order.
 * @param classes class of every driver of the queue
 */
export function byClass(queue: Queue, classes: ReadonlyMap<string, string>): Map<string, Queue> {
  const of = <T extends { driverId: string }>(all: readonly T[], name: string) =>
    all.filter(({ driverId }) => classes.get(driverId) === name);
  return new Map(
    [...new Set(classes.values())].map((name) => [
      name,
      { places: of(queue.places, name), departures: of(queue.departures, name) },
    ]),
  );
}

/** Place of a driver among those waiting, from 1, their number, and the estimated wait in seconds; null if it waits in none. */
export function placeIn(
  queue: Queue,
  driverId: string,
): { place: number; of: number; waitS: number | null } | null {
  const waiting = waitingIn(queue);
  const index = waiting.findIndex((each) => each.driverId === driverId);
  return index < 0 ? null : { place: index + 1, of: waiting.length, waitS: waitS(queue, index + 1) };
}

/** Estimates the wait at a place from the departures of the last hour; null without any. */
export const waitS = ({ departures }: Queue, place: number): number | null =>
  departures.length === 0 ? null : Math.round((place * HOUR_MS) / 1_000 / departures.length);

/** Drops places whose time is over and departures that are more than an hour old. @returns the same queue if there are none */
export function pruned(queue: Queue, now: number): Queue {
  const isKept = ({ keptUntil, trip }: Place) =>
    (keptUntil === null || now <= keptUntil) && (trip === null || now <= trip.at + MAX_TRIP_MS);
  const isRecent = ({ at }: { at: number }) => at > now - HOUR_MS;
  const { places, departures } = queue;
  if (places.every(isKept) && departures.every(isRecent)) return queue;
  return { places: places.filter(isKept), departures: departures.filter(isRecent) };
}

const byOrder = (a: Place, b: Place): number =>
  a.order - b.order || (a.driverId < b.driverId ? -1 : a.driverId > b.driverId ? 1 : 0);

/**
 * Order of a driver without a place who entered at a time. One who entered longer ago than a place is kept has lost it, or was
 * not available before. A device's clock may be ahead, so an entry counts as now at the latest.
 */
const entryOf = (queue: Queue, at: number, { keepPlaceS }: QueueRules, now: number): number =>
  at < now - keepPlaceS * 1_000 ? endOf(queue, now) : Math.min(at, now);

const added = (queue: Queue, { driverId }: QueueEvent, version: number, order: number): Queue =>
  queue.places.length >= MAX_PLACES
    ? queue
    : {
        ...queue,
        places: [
          ...queue.places,
          {
            driverId,
            order,
            isHere: true,
            version,
            keptUntil: null,
            trip: null,
            lastTrip: null,
          },
        ],
      };

const put = (queue: Queue, place: Place): Queue => ({
  ...queue,
  places: queue.places.map((each) => (each.driverId === place.driverId ? place : each)),
});

/** Order behind all places, and not before a time. */
const endOf = ({ places }: Queue, at: number): number =>
  places.reduce((last, { order }) => Math.max(last, order + 1), at);
