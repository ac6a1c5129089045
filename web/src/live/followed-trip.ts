import { distanceM } from '#geo';
import { type DriverPosition, isOpen, type Position, type Trip } from '#protocol';
import { type ConnectionState, HexfleetError, RiderClient, type TokenSource } from '#sdk';
import { choosePlaces } from './places.js';
import { Store } from './store.js';

export type FollowedTripState = {
  /** looking for a driver, until one has accepted */
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
  /** the gateway that this rider hears */
  node: string | null;
};

type City = { center: Position; corners: readonly Position[] };

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

/** The page as a rider of its own: it asks for one trip after another and follows each with what any rider app has. */
export class FollowedTrip {
  readonly client: RiderClient;
  readonly state = new Store<FollowedTripState>({ ...NO_TRIP, connection: 'connecting', node: null });
  #over: () => void = () => {};
  #silentLooks = 0;

  /** @param token of the rider */
  constructor(token: TokenSource) {
    this.client = new RiderClient({ token });
    this.client.on('connection', (connection) => {
      const node = 'hello' in connection ? connection.hello.node : this.state.get().node;
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
        if (!document.hidden) await this.#ride(city);
      } catch (error) {
        if (!(error instanceof HexfleetError)) throw error;
      }
      this.#change({ ...NO_TRIP });
      await wait(PAUSE_MS);
    }
  }

  async #ride({ center, corners }: City): Promise<void> {
    const places = choosePlaces(corners, center, Math.random);
    if (places === null) return;
    const over = new Promise<void>((resolve) => {
      this.#over = resolve;
    });
    this.#silentLooks = 0;
    // One that could not be called off is still there.
    const { id } = (await this.client.openTrip()) ?? (await this.client.requestTrip(places));
    const watchdog = setInterval(() => this.#lookAfter(id), WATCHDOG_MS);
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
    const { trip: known, phase } = this.state.get();
    const isOther = known === null ? !isOpen(trip.state) : known.id !== trip.id;
    if (isOther || phase === 'over') return;
    this.#change({ trip, phase: trip.driverId === null ? 'looking' : 'following' });
    if (trip.state === 'on_trip') this.#change({ inCarAt: trip.changedAt });
    if (!isOpen(trip.state)) this.#over();
  }

  /** A driver that fell silent for good gets its trip taken away. */
  #lookAfter(id: string): void {
    const { connection, phase } = this.state.get();
    const isUp = connection === 'online' || connection === 'reading';
    if (!isUp || phase !== 'following' || ++this.#silentLooks < MAX_SILENT_LOOKS) return;
    this.client.cancelTrip(id).catch(() => {});
    this.#over();
  }

  #change(change: Partial<FollowedTripState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
