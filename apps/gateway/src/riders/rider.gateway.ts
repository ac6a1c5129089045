import { Inject } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import { type NearbyView as NearbyAnswer, NearbyWatch, TripWatch, type WatchedTrip } from '#protocol';
import { type IdentifiedSocket, OnRequest, WatchQueue } from '#realtime';
import { PartyGateway } from '../feeds/party.gateway.js';
import { FleetViewService } from '../fleet/fleet-view.service.js';
import { NearbyFrames } from '../fleet/nearby-frames.js';
import { NearbyView } from '../fleet/nearby-view.js';
import { RiderTrips } from './rider-trips.js';

type RiderSocket = IdentifiedSocket<'/rider'>;

/** Requests of riders: the cars near a pin, without identities, and the driver of the rider's open trip. */
@WebSocketGateway({ namespace: '/rider' })
export class RiderGateway extends PartyGateway<'/rider'> {
  readonly #views = new WeakMap<RiderSocket, NearbyView>();
  /** Each answer builds on the one before, so the watches of a socket run one at a time. */
  readonly #queue = new WatchQueue();

  constructor(
    private readonly fleetView: FleetViewService,
    private readonly frames: NearbyFrames,
    private readonly trips: RiderTrips,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super();
  }

  @OnRequest('/rider', 'nearby:watch')
  watchNearby(socket: RiderSocket, area: NearbyWatch): Promise<NearbyAnswer> {
    return this.#queue.run(socket, async () => {
      const view = this.#views.get(socket) ?? this.#open(socket);
      try {
        return await view.watch(area);
      } catch (error) {
        // The client must not get deltas for a view that it does not have.
        view.clear();
        throw error;
      }
    });
  }

  @OnRequest('/rider', 'nearby:unwatch')
  unwatchNearby(socket: RiderSocket): Promise<void> {
    return this.#queue.run(socket, async () => this.#views.get(socket)?.clear());
  }

  @OnRequest('/rider', 'trip:watch')
  watchTrip(socket: RiderSocket, { tripId }: TripWatch): Promise<WatchedTrip> {
    return this.trips.watch(socket, tripId);
  }

  #open(socket: RiderSocket): NearbyView {
    const { frames, fleetView } = this;
    const view = new NearbyView({ frames, fleetView, tickMs: this.config.tickMs }, (frame) =>
      socket.emit('cars', frame),
    );
    this.#views.set(socket, view);
    socket.once('disconnect', () => view.clear());
    return view;
  }
}
