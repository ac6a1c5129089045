import {
  type DriverGone,
  type DriverPosition,
  driverRoom,
  isOpen,
  type Trip,
  type TripEta,
  tripRoom,
} from '#protocol';
import type { Hub, RoomListener } from '#realtime';
import { type FollowLog, orUnavailable, type Trips } from '#store';
import { viewOf } from '#trips';
import type { FleetViewService } from '../fleet/fleet-view.service.js';

export type TripSources = { hub: Hub; trips: Trips; fleetView: FleetViewService; followLog: FollowLog };

/** What is told of a followed trip, as its rider sees it; each newer than what was told before. */
type TripTeller = {
  trip(trip: Trip): void;
  position(position: DriverPosition): void;
  gone?(gone: DriverGone): void;
  eta(news: TripEta): void;
  /** it has ended; nothing comes after this */
  over(trip: Trip): void;
  /** the node ends, or Redis is away: another one goes on */
  cut(): void;
};

/** Follows one trip without a socket: its changes, and its driver once one has accepted, until it ends. */
export class TripFollower {
  readonly #listener: RoomListener;
  /** of the trip, as far as it is known */
  #version = 0;
  /** whose positions are passed on */
  #driverId: string | null = null;
  /** of the newest position, epoch ms */
  #movedAt = 0;

  /** @param otherwise takes what else is said into the room of the trip */
  constructor(
    private readonly tripId: string,
    private readonly sources: TripSources,
    private readonly tell: TripTeller,
    private readonly otherwise: (event: string, payload: unknown) => void = () => {},
  ) {
    this.#listener = sources.hub.listen('/rider', {
      event: (event, payload) => this.#hear(event, payload),
      closed: () => tell.cut(),
    });
  }

  /** @throws {Refusal} */
  async begin(): Promise<void> {
    await this.#listener.join([tripRoom(this.tripId)]);
    await this.look();
  }

  /** Messages are sent once: what was missed is found here. @throws {Refusal} */
  async look(): Promise<void> {
    await this.#show(await this.#read());
  }

  close(): void {
    this.#listener.close();
  }

  #hear(event: string, payload: unknown): void {
    if (event === 'position') this.#move(payload as DriverPosition);
    else if (event === 'gone') this.#gone(payload as DriverGone);
    else if (event === 'trip') this.#show(payload as Trip).catch(() => this.tell.cut());
    else if (event === 'eta') this.#estimate(payload as TripEta);
    else this.otherwise(event, payload);
  }

  async #show(trip: Trip): Promise<void> {
    if (trip.version < this.#version) return;
    this.#version = trip.version;
    this.tell.trip(trip);
    if (!isOpen(trip.state)) this.tell.over(trip);
    else if (trip.driverId !== null && trip.driverId !== this.#driverId) await this.#follow(trip.driverId);
  }

  async #follow(driverId: string): Promise<void> {
    const { fleetView, followLog } = this.sources;
    if (this.#driverId !== null) this.#listener.leave(driverRoom(this.#driverId));
    this.#driverId = null;
    this.#movedAt = 0;
    await this.#listener.join([driverRoom(driverId)]);
    await orUnavailable(followLog.add(driverId));
    // Read again: a trip that ended while the room was joined has already made its followers leave it.
    const trip = await this.#read();
    if (!isOpen(trip.state) || trip.driverId !== driverId) return this.#show(trip);
    this.#driverId = driverId;
    const position = await fleetView.position(driverId);
    if (position !== null) this.#move(position);
  }

  async #read(): Promise<Trip> {
    const trip = await orUnavailable(this.sources.trips.get(this.tripId));
    return viewOf(trip, { role: 'rider', userId: trip.riderId });
  }

  #move(position: DriverPosition): void {
    if (position.driverId !== this.#driverId || position.t <= this.#movedAt) return;
    this.#movedAt = position.t;
    this.tell.position(position);
  }

  #gone(gone: DriverGone): void {
    if (gone.driverId === this.#driverId && gone.t >= this.#movedAt) this.tell.gone?.(gone);
  }

  #estimate(news: TripEta): void {
    if (news.version === this.#version) this.tell.eta(news);
    else if (news.version > this.#version) this.look().catch(() => this.tell.cut());
  }
}
