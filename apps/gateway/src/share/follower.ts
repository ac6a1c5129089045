import type { ServerResponse } from 'node:http';
import {
  type DriverPosition,
  driverRoom,
  isOpen,
  Refusal,
  type ShareEnd,
  type ShareEvents,
  type Trip,
  type TripEta,
  tripRoom,
} from '#protocol';
import { EventStream, type Hub, type Listener } from '#realtime';
import { type FollowLog, type Link, type Links, orUnavailable, type Trips } from '#store';
import { sharedEtaOf, sharedPositionOf, sharedViewOf } from '#trips';
import type { Sight } from '../sight.js';
import { LINK_OVER, type LinkOver } from './link-over.js';

export type Sources = { hub: Hub; links: Links; trips: Trips; sight: Sight; followLog: FollowLog };

/** Somebody who has a link and follows its trip: one stream of events. */
export class Follower {
  readonly #listener: Listener;
  readonly #stream: EventStream;
  readonly #expiry: NodeJS.Timeout;
  /** What was told last; nobody is told the same again. */
  readonly #told = new Map<keyof ShareEvents, string>();
  /** of the trip, as far as it is known */
  #version = 0;
  /** whose positions are passed on */
  #driverId: string | null = null;
  /** of the newest position, epoch ms */
  #movedAt = 0;

  /** @param closed it is over, whoever ended it; once */
  constructor(
    private readonly link: Link,
    private readonly sources: Sources,
    response: ServerResponse,
    closed: () => void,
  ) {
    this.#listener = sources.hub.listen('/rider', {
      event: (event, payload) => this.#hear(event, payload),
      // The node ends: another one goes on.
      closed: () => this.#stream.close(),
    });
    this.#expiry = setTimeout(() => this.#end('expired'), link.expiresAt - Date.now());
    this.#stream = new EventStream(response, () => {
      clearTimeout(this.#expiry);
      this.#listener.close();
      closed();
    });
  }

  /** Never rejects: while Redis is away the stream closes, and the client comes again. */
  async begin(): Promise<void> {
    try {
      await this.#listener.join([tripRoom(this.link.tripId)]);
      await this.#look();
    } catch {
      this.#stream.close();
    }
  }

  /** Messages are sent once: what was missed is found here. Never rejects; while Redis is away nothing is known. */
  async catchUp(): Promise<void> {
    await this.#look().catch(() => {});
  }

  async #look(): Promise<void> {
    const { links, trips } = this.sources;
    const now = Date.now();
    if (await links.holds(this.link, now)) await this.#show(await trips.get(this.link.tripId));
    else this.#end(now < this.link.expiresAt ? 'revoked' : 'expired');
  }

  #hear(event: string, payload: unknown): void {
    if (event === 'position') this.#move(payload as DriverPosition);
    else if (event === 'trip') this.#show(payload as Trip).catch(() => {});
    else if (event === 'eta') this.#estimate(payload as TripEta);
    else if (event === LINK_OVER) this.#revoked(payload as LinkOver);
  }

  async #show(trip: Trip): Promise<void> {
    if (trip.version < this.#version) return;
    this.#version = trip.version;
    const { state, eta } = sharedViewOf(trip);
    this.#tell('state', { state });
    if (eta !== null) this.#tell('eta', eta);
    if (!isOpen(trip.state)) this.#end(trip.state === 'completed' ? 'completed' : 'cancelled');
    else if (trip.driverId !== null && trip.driverId !== this.#driverId) await this.#follow(trip.driverId);
  }

  async #follow(driverId: string): Promise<void> {
    const { trips, sight, followLog } = this.sources;
    if (this.#driverId !== null) this.#listener.leave(driverRoom(this.#driverId));
    this.#driverId = null;
    this.#movedAt = 0;
    await this.#listener.join([driverRoom(driverId)]);
    await orUnavailable(followLog.add(driverId));
    // Read again: a trip that ended while the room was joined has already made its followers leave it.
    const trip = await orUnavailable(trips.get(this.link.tripId));
    if (!isOpen(trip.state) || trip.driverId !== driverId) throw new Refusal('TRIP_OVER');
    this.#driverId = driverId;
    const position = await sight.position(driverId);
    if (position !== null) this.#move(position);
  }

  #move(position: DriverPosition): void {
    if (position.driverId !== this.#driverId || position.t <= this.#movedAt) return;
    this.#movedAt = position.t;
    this.#tell('position', sharedPositionOf(position));
  }

  #estimate({ version, eta }: TripEta): void {
    if (version === this.#version) this.#tell('eta', sharedEtaOf(eta));
    else if (version > this.#version) void this.catchUp();
  }

  #revoked({ digest }: LinkOver): void {
    if (digest === null || digest === this.link.digest) this.#end('revoked');
  }

  #tell<E extends keyof ShareEvents>(event: E, data: ShareEvents[E]): void {
    const text = JSON.stringify(data);
    if (this.#told.get(event) === text) return;
    this.#told.set(event, text);
    this.#stream.send(event, data);
  }

  #end(reason: ShareEnd['reason']): void {
    this.#stream.end('end', { reason } satisfies ShareEnd);
  }
}
