import { WebSocketGateway } from '@nestjs/websockets';
import { coverCircle, NEARBY_RESOLUTION } from '#geo/cells';
import { type NearbyView, NearbyWatch, TripWatch, type WatchedTrip } from '#protocol';
import { type IdentifiedSocket, OnRequest } from '#realtime';
import { clock } from '#store';
import { PartyGateway } from '../feeds/party.gateway.js';
import { FleetViewService } from '../fleet/fleet-view.service.js';
import { ViewportSubscription } from '../fleet/viewport-subscription.js';
import { RiderTrips } from './rider-trips.js';

type RiderSocket = IdentifiedSocket<'/rider'>;

/** Requests of riders: the cars near a pin, without identities, and the driver of the rider's open trip. */
@WebSocketGateway({ namespace: '/rider' })
export class RiderGateway extends PartyGateway<'/rider'> {
  /** sockets whose last view had too many cars, so that only the nearest were sent */
  readonly #truncated = new WeakSet<RiderSocket>();

  constructor(
    private readonly fleetView: FleetViewService,
    private readonly viewports: ViewportSubscription,
    private readonly trips: RiderTrips,
  ) {
    super();
  }

  @OnRequest('/rider', 'nearby:watch')
  watchNearby(socket: RiderSocket, area: NearbyWatch): Promise<NearbyView> {
    return this.viewports.run(socket, () => this.#watchNearby(socket, area));
  }

  @OnRequest('/rider', 'nearby:unwatch')
  unwatchNearby(socket: RiderSocket): Promise<void> {
    return this.viewports.clear(socket);
  }

  @OnRequest('/rider', 'trip:watch')
  watchTrip(socket: RiderSocket, { tripId }: TripWatch): Promise<WatchedTrip> {
    return this.trips.watch(socket, tripId);
  }

  async #watchNearby(socket: RiderSocket, { delta = false, ...area }: NearbyWatch): Promise<NearbyView> {
    const cells = coverCircle(area, area.radiusM, NEARBY_RESOLUTION);
    // A truncated view is no base for a delta.
    const isDelta = delta && !this.#truncated.has(socket);
    const { entered, removedCells } = await this.viewports.replace(socket, cells);
    const { cars, areAll } = await this.fleetView.carsIn(isDelta ? entered : cells, area, clock.now());
    if (areAll) this.#truncated.delete(socket);
    else this.#truncated.add(socket);
    return { cars, removedCells, delta: isDelta };
  }
}
