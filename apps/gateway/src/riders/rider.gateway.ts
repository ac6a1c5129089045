import { Inject, type OnApplicationShutdown, UseInterceptors } from '@nestjs/common';
import { type OnGatewayConnection, type OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import type { Namespace } from 'socket.io';
import { coverCircle, NEARBY_RESOLUTION } from '#geo/cells';
import { NODE, repeatedly } from '#ops';
import {
  type FeedPart,
  FeedResume,
  isOpen,
  type NearbyView,
  NearbyWatch,
  ProtocolError,
  type Trip,
  TripWatch,
  type WatchedTrip,
} from '#protocol';
import {
  AckInterceptor,
  authenticateNamespace,
  type IdentifiedSocket,
  OnRequest,
  Tokens,
  WatchQueue,
} from '#realtime';
import { orUnavailable, Trips } from '#store';
import { viewOf } from '#trips';
import { FeedsService } from '../feeds/feeds.service.js';
import { FleetViewService } from '../fleet/fleet-view.service.js';
import { RoomSubscriptions } from '../fleet/room-subscriptions.js';
import { ConnectionsService } from '../presence/connections.service.js';
import { PartnerPresence } from '../presence/partner-presence.js';

type RiderSocket = IdentifiedSocket<'/rider'>;

const CHECK_INTERVAL_MS = 10_000;

/** What riders may follow: the cars near a pin, without identities, and the driver of an open trip of their own. */
@UseInterceptors(AckInterceptor)
@WebSocketGateway({ namespace: '/rider' })
export class RiderGateway
  implements OnGatewayInit<Namespace>, OnGatewayConnection<RiderSocket>, OnApplicationShutdown
{
  /** by trip, the driver that each socket follows */
  readonly #followed = new Map<RiderSocket, Map<string, string>>();
  readonly #queue = new WatchQueue();
  /** who was told the nearest cars only, because there are too many */
  readonly #cut = new WeakSet<RiderSocket>();
  readonly #checking: NodeJS.Timeout;

  constructor(
    private readonly fleetView: FleetViewService,
    private readonly trips: Trips,
    private readonly rooms: RoomSubscriptions,
    private readonly connections: ConnectionsService,
    private readonly partnerPresence: PartnerPresence,
    private readonly feeds: FeedsService,
    private readonly tokens: Tokens,
    @Inject(NODE) private readonly node: string,
  ) {
    this.#checking = repeatedly(CHECK_INTERVAL_MS, () => this.#checkFollowed());
  }

  onApplicationShutdown(): void {
    clearInterval(this.#checking);
  }

  afterInit(io: Namespace): void {
    authenticateNamespace(io, '/rider', this.tokens, this.node);
  }

  handleConnection(socket: RiderSocket): void {
    this.connections.opened(socket);
  }

  @OnRequest('/rider', 'nearby:watch')
  watchNearby(socket: RiderSocket, area: NearbyWatch): Promise<NearbyView> {
    return this.#queue.run(socket, () => this.#watchNearby(socket, area));
  }

  @OnRequest('/rider', 'nearby:unwatch')
  unwatchNearby(socket: RiderSocket): Promise<void> {
    return this.#queue.run(socket, () => this.#unwatchNearby(socket));
  }

  async #watchNearby(socket: RiderSocket, { delta = false, ...area }: NearbyWatch): Promise<NearbyView> {
    const cells = coverCircle(area, area.radiusM, NEARBY_RESOLUTION);
    // Of cells that were not told whole there is no delta.
    const isPart = delta && !this.#cut.has(socket);
    try {
      const { entered, removedCells } = await this.rooms.cells(socket, cells);
      const { cars, areAll } = await this.fleetView.carsIn(isPart ? entered : cells, area, Date.now());
      if (areAll) this.#cut.delete(socket);
      else this.#cut.add(socket);
      return { cars, removedCells, delta: isPart };
    } catch (error) {
      // Who is told that it does not watch sees nothing, and has no delta to ask for.
      await this.#unwatchNearby(socket);
      throw error;
    }
  }

  async #unwatchNearby(socket: RiderSocket): Promise<void> {
    await this.rooms.cells(socket, []);
  }

  @OnRequest('/rider', 'feed:resume')
  resume(socket: RiderSocket, { after }: FeedResume): Promise<FeedPart> {
    return this.feeds.resume(`rider:${socket.data.userId}`, after ?? null);
  }

  @OnRequest('/rider', 'trip:watch')
  async watchTrip(socket: RiderSocket, { tripId }: TripWatch): Promise<WatchedTrip> {
    const { driverId, ...trip } = await this.#openTrip(socket, tripId);
    // Nobody to follow yet: every change is told to the rider, who watches again once a driver has accepted.
    if (driverId === null) return { trip: { ...trip, driverId }, position: null, presence: null };
    await this.rooms.driver(socket, driverId);
    this.#followed.set(socket, new Map(this.#followed.get(socket)).set(tripId, driverId));
    try {
      // Read again: a trip that ended while the room was joined has already told its rider's sockets to leave.
      const trip = await this.#openTrip(socket, tripId);
      const [position, presence] = await Promise.all([
        this.fleetView.position(driverId),
        this.partnerPresence.driverOf(trip),
      ]);
      return { trip, position, presence };
    } catch (error) {
      this.#stopFollowing(socket, tripId);
      throw error;
    }
  }

  /** The end of a trip is told to all nodes, once; a node that was cut off from Redis just then finds out here. */
  async #checkFollowed(): Promise<void> {
    for (const [socket, trips] of this.#followed) {
      for (const tripId of trips.keys()) {
        if (!(await this.#isStillOpen(tripId))) this.#stopFollowing(socket, tripId);
      }
      if (socket.disconnected) this.#followed.delete(socket);
    }
  }

  async #isStillOpen(tripId: string): Promise<boolean> {
    return this.trips.get(tripId).then(
      ({ state }) => isOpen(state),
      (error: unknown) => !(error instanceof ProtocolError),
    );
  }

  #stopFollowing(socket: RiderSocket, tripId: string): void {
    const trips = this.#followed.get(socket);
    const driverId = trips?.get(tripId);
    trips?.delete(tripId);
    // The rider may be on its next trip with the same driver.
    const others = [...(trips?.values() ?? [])];
    if (driverId !== undefined && !others.includes(driverId)) this.rooms.leaveDriver(socket, driverId);
  }

  async #openTrip(socket: RiderSocket, tripId: string): Promise<Trip> {
    const trip = await orUnavailable(this.trips.get(tripId));
    if (trip.riderId !== socket.data.userId) throw new ProtocolError('NOT_YOUR_TRIP');
    if (!isOpen(trip.state)) throw new ProtocolError('TRIP_OVER');
    return viewOf(trip, socket.data);
  }
}
