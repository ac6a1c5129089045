import { Injectable } from '@nestjs/common';
import { isOpen } from '#protocol';
import { DriverProfiles, orUnavailable, Trips, ZoneQueues } from '#store';
import { classOf, suits, suitsAny, type TripRecord } from '#trips';
import { byClass, type Queue, type QueueEvent, type QueueRules, waitingIn } from '#zones';
import { ZoneRulesService } from './zone-rules.service.js';

/** Maximum number of drivers of a queue that are looked at for one trip. */
const MAX_CONSIDERED = 100;

/** Rules of a queue whose zone is not published any more: its trips are still settled. */
const LAST_RULES: QueueRules = { keepPlaceS: 300, shortTripPriority: false, shortTripMaxS: 900 };

/** Queues of drivers, as trips see and change them. */
@Injectable()
export class QueuesService {
  constructor(
    private readonly queues: ZoneQueues,
    private readonly trips: Trips,
    private readonly profiles: DriverProfiles,
    private readonly zones: ZoneRulesService,
  ) {}

  /** Reads the queues of a zone, one for each vehicle class. */
  async read(region: string, zoneId: string): Promise<Map<string, Queue>> {
    const queue = await this.queues.read(region, zoneId);
    const ids = [...new Set([...queue.places, ...queue.departures].map(({ driverId }) => driverId))];
    const profiles = await this.profiles.all(ids);
    return byClass(queue, new Map(ids.map((driverId, i) => [driverId, classOf(profiles[i]!)])));
  }

  /**
   * Drivers who may be offered a trip of a queue, first first. A driver with another offer, or whose vehicle does not suit,
   * keeps the place and is skipped.
   */
  async candidates(trip: TripRecord): Promise<string[]> {
    const { queue, asked } = trip;
    if (!queue || this.#rules(queue) === null) return [];
    const waiting = waitingIn(await orUnavailable(this.queues.read(queue.region, queue.zoneId)));
    const notAsked = waiting.map(({ driverId }) => driverId).filter((driverId) => !asked.includes(driverId));
    const ids = (await this.#suiting(notAsked, trip)).slice(0, MAX_CONSIDERED);
    // A driver is released once the queue knows how its last offer ended.
    const held = await orUnavailable(Promise.all(ids.map((driverId) => this.trips.heldFor(driverId))));
    return ids.filter((_, i) => held[i] === null);
  }

  /**
   * Makes the queue of a trip follow it: who passed on it goes to the end, who accepted it leaves, and who is free of it gets
   * the place that the end of the trip deserves. Derived from the stored trip only, so it may be repeated at any time.
   * @throws {ProtocolError} UNAVAILABLE
   */
  async settle(trip: TripRecord): Promise<void> {
    const { queue } = trip;
    if (!queue) return;
    const rules = this.#rules(queue) ?? LAST_RULES;
    const events = eventsOf(trip, rules);
    if (events.length > 0) await orUnavailable(this.queues.apply(queue.region, queue.zoneId, events, rules));
    // A gateway that died may have left them reserved.
    for (const { driverId } of trip.passed ?? [])
      if (driverId !== trip.driverId) await orUnavailable(this.trips.releaseDriver(driverId, trip.id));
  }

  async #suiting(driverIds: string[], trip: TripRecord): Promise<string[]> {
    if (suitsAny(trip)) return driverIds;
    const profiles = await orUnavailable(this.profiles.all(driverIds));
    return driverIds.filter((_, i) => suits(profiles[i]!, trip));
  }

  #rules({ region, zoneId }: { region: string; zoneId: string }): QueueRules | null {
    const zone = this.zones.find(region, zoneId)?.zone;
    return zone?.kind === 'queue' ? zone.rules : null;
  }
}

/** Returns all that a trip has meant for its queue so far. */
function eventsOf(trip: TripRecord, { shortTripMaxS }: QueueRules): QueueEvent[] {
  const { id: tripId, driverId, state, times, cancelled, changedAt: at } = trip;
  const events: QueueEvent[] = (trip.passed ?? []).map((pass) => ({ kind: 'passed', ...pass }));
  if (driverId === null) return events;
  events.push({ kind: 'accepted', driverId, tripId, at: times.accepted ?? at });
  if (isOpen(state)) return events;
  if (cancelled?.by === 'rider' && times.on_trip === undefined)
    events.push({ kind: 'returned', driverId, tripId, at });
  else {
    const isShort = state === 'completed' && at - (times.on_trip ?? 0) <= shortTripMaxS * 1_000;
    events.push({ kind: 'finished', driverId, tripId, at, isShort });
  }
  return events;
}
