import { Inject, type OnApplicationShutdown } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import type { Config } from '#config';
import { coverBbox, regionOf } from '#geo/cells';
import { CONFIG, repeatedly } from '#ops';
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
import { type IdentifiedSocket, OnRequest } from '#realtime';
import { AuditService } from '../audit/audit.service.js';
import { assertRegion, coversRegion, ownerOf, ScopeService } from '../auth/scope.service.js';
import { FeedsService } from '../feeds/feeds.service.js';
import { NamespaceGateway } from '../presence/namespace.gateway.js';
import { TripsService } from '../trips/trips.service.js';
import { FleetViewService } from './fleet-view.service.js';
import { RoomSubscriptions } from './room-subscriptions.js';
import { ViewportSubscription } from './viewport-subscription.js';

const COUNT_INTERVAL_MS = 2_000;

type DispatchSocket = IdentifiedSocket<'/dispatch'>;

/** Requests of dispatchers and services: the vehicles of a viewport, single drivers, trips and regions. */
@WebSocketGateway({ namespace: '/dispatch' })
export class DispatchGateway extends NamespaceGateway<'/dispatch'> implements OnApplicationShutdown {
  /** cells of viewports with too many vehicles to show, which get counts instead */
  readonly #counted = new Map<DispatchSocket, string[]>();
  readonly #counting: NodeJS.Timeout;

  constructor(
    private readonly fleetView: FleetViewService,
    private readonly rooms: RoomSubscriptions,
    private readonly viewports: ViewportSubscription,
    private readonly tripsService: TripsService,
    private readonly feeds: FeedsService,
    private readonly scope: ScopeService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super();
    this.#counting = repeatedly(COUNT_INTERVAL_MS, () => this.#pushCounts());
  }

  onApplicationShutdown(): void {
    clearInterval(this.#counting);
  }

  @OnRequest('/dispatch', 'fleet:watch')
  async watchFleet(socket: DispatchSocket, area: FleetWatch): Promise<FleetView> {
    const covered = coverBbox(area.bbox);
    // A refused area leaves the current view as it is.
    if (covered === null) throw new ProtocolError('AREA_TOO_LARGE');
    const cells = covered.filter((cell) => coversRegion(socket.data, regionOf(cell)));
    await this.audit.view(socket.data, 'fleet:view');
    return this.viewports.run(socket, () => this.#watch(socket, cells, area.delta));
  }

  @OnRequest('/dispatch', 'fleet:unwatch')
  unwatchFleet(socket: DispatchSocket): Promise<void> {
    return this.viewports.run(socket, async () => {
      this.#counted.delete(socket);
      await this.viewports.replace(socket, []);
    });
  }

  async #watch(socket: DispatchSocket, cells: string[], delta: boolean | undefined): Promise<FleetView> {
    const regions = [...new Set(cells.map(regionOf))];
    this.#counted.delete(socket);
    const counts = await this.fleetView.countsAbove(this.config.maxVehiclesInView, cells, socket.data);
    if (counts !== null) {
      const { removedCells } = await this.viewports.replace(socket, []);
      this.#counted.set(socket, cells);
      return { vehicles: [], removedCells, counts, regions };
    }
    const { entered, removedCells } = await this.viewports.replace(socket, cells);
    const vehicles = await this.fleetView.vehicles(delta ? entered : cells, socket.data);
    return { vehicles, removedCells, counts: null, regions };
  }

  /** Pushes counts to viewports with more vehicles than a screen can show. */
  async #pushCounts(): Promise<void> {
    for (const [socket, cells] of this.#counted) {
      if (socket.disconnected) this.#counted.delete(socket);
      else {
        // While Redis is unavailable, there is nothing to push.
        const counts = await this.fleetView.counts(cells, socket.data).catch(() => null);
        if (counts !== null && this.#counted.get(socket) === cells) socket.emit('counts', { counts });
      }
    }
  }

  /** Returns the open trips; every change of any trip follows. */
  @OnRequest('/dispatch', 'trips:watch')
  async watchTrips(socket: DispatchSocket): Promise<{ trips: Trip[] }> {
    await this.rooms.trips(socket);
    return { trips: await this.tripsService.open(socket.data) };
  }

  @OnRequest('/dispatch', 'trips:unwatch')
  unwatchTrips(socket: DispatchSocket): void {
    this.rooms.leaveTrips(socket);
  }

  /** Returns the missed events of one region; new ones follow. */
  @OnRequest('/dispatch', 'region:watch')
  async watchRegion(socket: DispatchSocket, { region, after }: RegionWatch): Promise<FeedPart> {
    assertRegion(socket.data, region);
    await this.rooms.region(socket, region);
    const part = await this.feeds.resume(`region:${region}`, after ?? null);
    return { ...part, entries: await this.scope.owned(part.entries, socket.data, ownerOf) };
  }

  @OnRequest('/dispatch', 'region:unwatch')
  unwatchRegion(socket: DispatchSocket, { region }: RegionUnwatch): void {
    this.rooms.leaveRegion(socket, region);
  }

  /** Returns the missed crossings of zones in one region; new ones follow. */
  @OnRequest('/dispatch', 'crossings:watch')
  async watchCrossings(socket: DispatchSocket, { region, after }: RegionWatch): Promise<FeedPart> {
    assertRegion(socket.data, region);
    await this.rooms.crossings(socket, region);
    const part = await this.feeds.resume(`crossings:${region}`, after ?? null);
    return { ...part, entries: await this.scope.owned(part.entries, socket.data, ownerOf) };
  }

  @OnRequest('/dispatch', 'crossings:unwatch')
  unwatchCrossings(socket: DispatchSocket, { region }: RegionUnwatch): void {
    this.rooms.leaveCrossings(socket, region);
  }

  @OnRequest('/dispatch', 'driver:watch')
  async watchDriver(
    socket: DispatchSocket,
    { driverId }: DriverWatch,
  ): Promise<{ position: DriverPosition | null }> {
    await this.scope.driver(socket.data, driverId);
    await this.audit.view(socket.data, 'driver:view', { userId: driverId });
    await this.rooms.driver(socket, driverId);
    return { position: await this.fleetView.position(driverId) };
  }

  @OnRequest('/dispatch', 'driver:unwatch')
  unwatchDriver(socket: DispatchSocket, { driverId }: DriverWatch): void {
    this.rooms.leaveDriver(socket, driverId);
  }
}
