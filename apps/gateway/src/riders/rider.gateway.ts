import { WebSocketGateway } from '@nestjs/websockets';
import type { Namespace as IoNamespace } from 'socket.io';
import { Tracing } from '#ops';
import { type NearbyView as NearbyAnswer, NearbyWatch, TripWatch, type WatchedTrip } from '#protocol';
import { type IdentifiedSocket, OnRequest, onDisconnection, WatchQueue } from '#realtime';
import { clock } from '#store';
import { RiderPlaces } from '../alerts/rider-places.js';
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
    private readonly places: RiderPlaces,
    private readonly tracing: Tracing,
  ) {
    super();
  }

  override afterInit(io: IoNamespace): void {
    super.afterInit(io);
    onDisconnection(io, (socket) => this.#views.get(socket as unknown as RiderSocket)?.clear());
  }

  override handleConnection(socket: RiderSocket): void {
    super.handleConnection(socket);
    if (!this.tracing.isOn) return;
    socket.onAnyOutgoing((event, position: { driverId: string; t: number }) => {
      const now = clock.now();
      if (event === 'position')
        this.tracing.fix('gateway: send frame', position.driverId, position.t, now, now);
    });
  }

  @OnRequest('/rider', 'nearby:watch')
  watchNearby(socket: RiderSocket, area: NearbyWatch): Promise<NearbyAnswer> {
    return this.#queue.run(socket, async () => {
      const view = this.#views.get(socket) ?? this.#open(socket);
      try {
        const answer = await view.watch(area);
        this.places.pin(socket, area);
        return answer;
      } catch (error) {
        // The client must not get deltas for a view that it does not have.
        view.clear();
        this.places.pin(socket, null);
        throw error;
      }
    });
  }

  @OnRequest('/rider', 'nearby:unwatch')
  unwatchNearby(socket: RiderSocket): Promise<void> {
    return this.#queue.run(socket, async () => {
      this.#views.get(socket)?.clear();
      this.places.pin(socket, null);
    });
  }

  @OnRequest('/rider', 'trip:watch')
  watchTrip(socket: RiderSocket, { tripId }: TripWatch): Promise<WatchedTrip> {
    return this.trips.watch(socket, tripId);
  }

  #open(socket: RiderSocket): NearbyView {
    const { frames, fleetView } = this;
    const view = new NearbyView({ frames, fleetView }, socket.data, (frame) => socket.emit('cars', frame));
    this.#views.set(socket, view);
    return view;
  }
}
