import { distanceM } from '#geo';
import { type DriverPosition, isOpen, type Position, type Trip } from '#protocol';
import { type Api, type ConnectionState, HexfleetError, RiderClient, type TokenSource } from '#sdk';
import { choosePlaces } from './places.js';
import { Store } from './store.js';

export type FollowedTripState = {
  phase: 'looking' | 'following' | 'over';
  trip: Trip | null;
  position: DriverPosition | null;
  /** when the position came in, by performance.now() */
  heardAt: number | null;
  positions: number;
  /** metres driven with the rider in the car */
  drivenM: number;
  /** epoch ms, when the rider got in */
  inCarAt: number | null;
  /** the driver's app has fallen silent */
  silent: boolean;
  connection: ConnectionState['state'];
  /** the gateway that holds this rider's socket */
  node: string | null;
};

type City = { center: Position; corners: readonly Position[] };

const NEARBY_M = 1_200;
const TOO_NEAR_M = 150;
const SUMMARY_MS = 9_000;
const PAUSE_MS = 2_500;
const WATCHDOG_MS = 5_000;
/** After so many looks without a position the trip is given up. */
const MAX_SILENT_LOOKS = 12;

const NO_TRIP = {
  phase: 'looking',
  trip: null,
  position: null,
  heardAt: null,
  positions: 0,
  drivenM: 0,
  inCarAt: null,
  silent: false,
} as const;

/** The page as a rider of its own: it books one trip after another and follows each with what any rider app has. */
export class FollowedTrip {
  readonly client: RiderClient;
  readonly state = new Store<FollowedTripState>({ ...NO_TRIP, connection: 'connecting', node: null });
  readonly #api: Api;
  readonly #riderId: string;
  #over: () => void = () => {};
  #silentLooks = 0;

  /** @param api with the token of a dispatcher, who books trips */
  constructor(api: Api, riderId: string, token: TokenSource) {
    this.#api = api;
    this.#riderId = riderId;
    this.client = new RiderClient({ token });
    this.client.on('connection', (connection) => {
      const node = connection.state === 'online' ? connection.hello.node : this.state.get().node;
      this.#change({ connection: connection.state, node });
    });
    this.client.on('position', (position) => this.#moved(position));
    this.client.on('gone', ({ driverId }) => {
      if (driverId === this.state.get().trip?.driverId) this.#change({ silent: true });
    });
    this.client.on('trip', (trip) => this.#changed(trip));
  }

  async run(city: City): Promise<never> {
    await this.client.connect();
    for (;;) {
      try {
        const trip = document.hidden ? null : await this.#book(city);
        if (trip !== null) await this.#follow(trip);
      } catch (error) {
        if (!(error instanceof HexfleetError)) throw error;
      }
      this.#change({ ...NO_TRIP });
      await wait(PAUSE_MS);
    }
  }

  async #book({ center, corners }: City): Promise<Trip | null> {
    const places = choosePlaces(corners, center, Math.random);
    if (places === null) return null;
    const drivers = await this.#api.nearbyDrivers({ ...places.pickup, radiusM: NEARBY_M, limit: 20 });
    const free = drivers.filter(({ status, distanceM }) => status === 'available' && distanceM > TOO_NEAR_M);
    for (const { driverId } of free) {
      try {
        return await this.#api.createTrip({ riderId: this.#riderId, driverId, ...places });
      } catch (error) {
        // Someone else was faster; the next driver may be free.
        if (!(error instanceof HexfleetError && error.code === 'DRIVER_ON_TRIP')) throw error;
      }
    }
    return null;
  }

  async #follow(trip: Trip): Promise<void> {
    const over = new Promise<void>((resolve) => {
      this.#over = resolve;
    });
    this.#silentLooks = 0;
    this.#change({ ...NO_TRIP, phase: 'following', trip });
    const watchdog = setInterval(() => this.#lookAfter(trip), WATCHDOG_MS);
    try {
      await this.client.watchTrip(trip.id);
    } catch (error) {
      // With a lost connection the client watches again by itself.
      if (!(error instanceof HexfleetError && error.retry)) this.#over();
    }
    await over;
    clearInterval(watchdog);
    if (this.state.get().trip?.state !== 'completed') return;
    this.#change({ phase: 'over' });
    await wait(SUMMARY_MS);
  }

  #moved(position: DriverPosition): void {
    const { trip, position: last, positions, drivenM } = this.state.get();
    if (trip?.driverId !== position.driverId || !isOpen(trip.state)) return;
    this.#silentLooks = 0;
    const legM = last !== null && trip.state === 'on_trip' ? distanceM(last, position) : 0;
    this.#change({
      position,
      heardAt: performance.now(),
      positions: positions + 1,
      drivenM: drivenM + legM,
      silent: false,
    });
  }

  #changed(trip: Trip): void {
    if (trip.id !== this.state.get().trip?.id) return;
    this.#change(trip.state === 'on_trip' ? { trip, inCarAt: trip.changedAt } : { trip });
    if (!isOpen(trip.state)) this.#over();
  }

  /** A driver that never answers, or fell silent for good, gets its trip taken away. */
  #lookAfter({ id }: Trip): void {
    if (this.state.get().connection !== 'online' || ++this.#silentLooks < MAX_SILENT_LOOKS) return;
    this.#api.changeTrip(id, 'cancelled').catch(() => {});
    this.#over();
  }

  #change(change: Partial<FollowedTripState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
