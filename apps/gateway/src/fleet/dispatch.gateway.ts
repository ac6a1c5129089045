import { Inject, type OnApplicationShutdown, UseInterceptors } from '@nestjs/common';
import { type OnGatewayConnection, type OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import type { Namespace } from 'socket.io';
import type { Config } from '#config';
import { coverBbox, regionOf } from '#geo/cells';
import { CONFIG, NODE, repeatedly } from '#ops';
import {
  type DriverPosition,
  DriverWatch,
  type FeedPart,
  type FleetView,
  FleetWatch,
  ProtocolError,
  RegionUnwatch,
  RegionWatch,
  type Trip,
} from '#protocol';
import {
  AckInterceptor,
  authenticateNamespace,
  type IdentifiedSocket,
  OnRequest,
  Tokens,
  WatchQueue,
} from '#realtime';
import { totalOf } from '#store';
import { FeedsService } from '../feeds/feeds.service.js';
import { ConnectionsService } from '../presence/connections.service.js';
import { TripsService } from '../trips/trips.service.js';
import { FleetViewService } from './fleet-view.service.js';
import { RoomSubscriptions } from './room-subscriptions.js';

const COUNT_INTERVAL_MS = 2_000;

type DispatchSocket = IdentifiedSocket<'/dispatch'>;

/** What dispatch staff and services may follow: every vehicle of a viewport, and single drivers. */
@UseInterceptors(AckInterceptor)
@WebSocketGateway({ namespace: '/dispatch' })
export class DispatchGateway
  implements OnGatewayInit<Namespace>, OnGatewayConnection<DispatchSocket>, OnApplicationShutdown
{
  /** the cells of viewports that are counted */
  readonly #counted = new Map<DispatchSocket, string[]>();
  /** each answer builds on the one before */
  readonly #queue = new WatchQueue();
  readonly #counting: NodeJS.Timeout;

  constructor(
    private readonly fleetView: FleetViewService,
    private readonly rooms: RoomSubscriptions,
    private readonly tripsService: TripsService,
    private readonly connections: ConnectionsService,
    private readonly feeds: FeedsService,
    private readonly tokens: Tokens,
    @Inject(NODE) private readonly node: string,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.#counting = repeatedly(COUNT_INTERVAL_MS, () => this.#pushCounts());
  }

  onApplicationShutdown(): void {
    clearInterval(this.#counting);
  }

  afterInit(io: Namespace): void {
    authenticateNamespace(io, '/dispatch', this.tokens, this.node);
  }

  handleConnection(socket: DispatchSocket): void {
    this.connections.opened(socket);
  }

  @OnRequest('/dispatch', 'fleet:watch')
  watchFleet(socket: DispatchSocket, area: FleetWatch): Promise<FleetView> {
    return this.#queue.run(socket, () => this.#watch(socket, area));
  }

  @OnRequest('/dispatch', 'fleet:unwatch')
  unwatchFleet(socket: DispatchSocket): Promise<void> {
    return this.#queue.run(socket, () => this.#unwatch(socket));
  }

  async #watch(socket: DispatchSocket, { bbox, delta }: FleetWatch): Promise<FleetView> {
    const cells = coverBbox(bbox);
    if (cells === null) throw new ProtocolError('AREA_TOO_LARGE');
    const regions = [...new Set(cells.map(regionOf))];
    try {
      const counts = await this.fleetView.counts(cells);
      if (totalOf(counts) > this.config.maxVehiclesInView) {
        const { removedCells } = await this.rooms.cells(socket, []);
        this.#counted.set(socket, cells);
        return { vehicles: [], removedCells, counts, regions };
      }
      this.#counted.delete(socket);
      const { entered, removedCells } = await this.rooms.cells(socket, cells);
      const vehicles = await this.fleetView.vehicles(delta ? entered : cells);
      return { vehicles, removedCells, counts: null, regions };
    } catch (error) {
      // Who is told that it does not watch sees nothing, and has no delta to ask for.
      await this.#unwatch(socket);
      throw error;
    }
  }

  async #unwatch(socket: DispatchSocket): Promise<void> {
    this.#counted.delete(socket);
    await this.rooms.cells(socket, []);
  }

  /** Of viewports with more vehicles than a screen can use. */
  async #pushCounts(): Promise<void> {
    for (const [socket, cells] of this.#counted) {
      if (socket.disconnected) this.#counted.delete(socket);
      else {
        // While the store is away there is nothing to tell.
        const counts = await this.fleetView.counts(cells).catch(() => null);
        if (counts !== null && this.#counted.get(socket) === cells) socket.emit('counts', { counts });
      }
    }
  }

  /** Every change of every trip, from the open ones on. */
  @OnRequest('/dispatch', 'trips:watch')
  async watchTrips(socket: DispatchSocket): Promise<{ trips: Trip[] }> {
    await this.rooms.trips(socket);
    return { trips: await this.tripsService.open() };
  }

  @OnRequest('/dispatch', 'trips:unwatch')
  unwatchTrips(socket: DispatchSocket): void {
    this.rooms.leaveTrips(socket);
  }

  /** What happens in one region, and what was missed of it. */
  @OnRequest('/dispatch', 'region:watch')
  async watchRegion(socket: DispatchSocket, { region, after }: RegionWatch): Promise<FeedPart> {
    await this.rooms.region(socket, region);
    return this.feeds.resume(`region:${region}`, after ?? null);
  }

  @OnRequest('/dispatch', 'region:unwatch')
  unwatchRegion(socket: DispatchSocket, { region }: RegionUnwatch): void {
    this.rooms.leaveRegion(socket, region);
  }

  @OnRequest('/dispatch', 'driver:watch')
  async watchDriver(
    socket: DispatchSocket,
    { driverId }: DriverWatch,
  ): Promise<{ position: DriverPosition | null }> {
    await this.rooms.driver(socket, driverId);
    return { position: await this.fleetView.position(driverId) };
  }

  @OnRequest('/dispatch', 'driver:unwatch')
  unwatchDriver(socket: DispatchSocket, { driverId }: DriverWatch): void {
    this.rooms.leaveDriver(socket, driverId);
  }
}
