import {
  type DriverPosition,
  type Eta,
  isOpen,
  type PartnerPresence,
  type Position,
  type ShareLink,
  type Track,
  type Trip,
  type TripSummary,
} from '#protocol';
import { Api, type ConnectionState, HexfleetError, RiderClient } from '#sdk';
import { Conversation } from '../chat/conversation.js';
import { isInCity, START } from '../live/city-places.js';
import { identity } from '../live/identity.js';
import { Store } from '../live/store.js';
import { hasDriver, type Step, stepOf } from './steps.js';

export type PinKind = 'pickup' | 'dropoff';

export type RiderState = {
  step: Step;
  pickup: Position;
  dropoff: Position | null;
  /** which of both a tap on the map or on the list sets */
  choosing: PinKind;
  /** cars near the pick-up */
  cars: number;
  trip: Trip | null;
  eta: Eta | null;
  position: DriverPosition | null;
  /** the driver's app has fallen silent */
  isSilent: boolean;
  presence: PartnerPresence | null;
  /** the driver called the trip off, so another car is looked for */
  looksAgain: boolean;
  /** the request, or the wish to call it off, is on its way */
  isBusy: boolean;
  /** the code of what was refused last, until the next try */
  problem: string | null;
  summary: TripSummary | null;
  /** what dispatch has told this rider, until it is put away */
  notice: string | null;
  share: ShareLink | null;
};

export type LineState = {
  connection: ConnectionState['state'];
  /** whether events come */
  isUp: boolean;
  /** when the last thing was heard, epoch ms by this device; null before */
  heardAt: number | null;
  /** what the service's clock is ahead of this one, ms */
  clockAheadMs: number;
};

const NEARBY_RADIUS_M = 1_500;
const TRY_AGAIN_MS = 3_000;

const NO_TRIP = {
  step: 'choosing',
  trip: null,
  eta: null,
  position: null,
  isSilent: false,
  presence: null,
  looksAgain: false,
  isBusy: false,
  problem: null,
  summary: null,
  share: null,
} as const satisfies Partial<RiderState>;

/** Everything live on the rider's page. Outside of React: a component that mounts twice must not connect twice. */
export class RiderSession {
  readonly userId: string;
  readonly client: RiderClient;
  readonly state = new Store<RiderState>({
    ...NO_TRIP,
    step: 'starting',
    pickup: START,
    dropoff: null,
    choosing: 'dropoff',
    cars: 0,
    notice: null,
  });
  readonly line = new Store<LineState>({
    connection: 'connecting',
    isUp: true,
    heardAt: null,
    clockAheadMs: 0,
  });
  /** with the driver of the trip, once there is one */
  readonly conversation = new Store<Conversation | null>(null);
  /** what was driven before this page looked, or while it could not; new with each look */
  readonly track = new Store<Track | null>(null);
  readonly #api: Api;
  #isWatchingCars = false;

  constructor() {
    const { userId, token } = identity('rider');
    this.userId = userId;
    this.#api = new Api({ token });
    this.client = new RiderClient({ token });
    this.client.on('connection', (connection) => this.#connected(connection));
    this.client.on('cars', () => this.#hear({ cars: this.client.cars.size }));
    this.client.on('trip', (trip) => this.#told(trip));
    this.client.on('eta', ({ tripId, eta }) => this.#isOf(tripId) && this.#hear({ eta }));
    this.client.on('position', (position) => this.#hear({ position, isSilent: false }));
    this.client.on('gone', () => this.#hear({ isSilent: true }));
    this.client.on('presence', (presence) => {
      if (!this.#isOf(presence.tripId)) return;
      this.#hear({ presence });
      this.conversation.get()?.setPresence(presence);
    });
    this.client.on('notice', ({ text }) => this.#hear({ notice: text }));
    // The browser knows at once what a socket finds out later.
    for (const event of ['online', 'offline']) addEventListener(event, () => this.#lineChanged());
  }

  /** Connects and takes up a trip that is under way. What fails here is told by `line`. */
  async begin(): Promise<void> {
    this.#watchCars();
    try {
      await this.client.connect();
      while (this.state.get().step === 'starting') await this.#lookForTrip();
    } catch (error) {
      this.#refused(error);
    }
  }

  choose(choosing: PinKind): void {
    this.#change({ choosing });
  }

  /** Puts a pin somewhere; only before a car is asked for. */
  place(kind: PinKind, { lat, lng }: Position): void {
    if (this.state.get().step !== 'choosing') return;
    this.#change({ [kind]: { lat, lng }, choosing: 'dropoff', problem: null });
    if (kind === 'pickup') this.#watchCars();
  }

  /** Puts the pick-up where this device is. */
  locate(): void {
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude: lat, longitude: lng } }) => {
        if (isInCity({ lat, lng })) this.place('pickup', { lat, lng });
        else this.#change({ problem: 'NOT_IN_CITY' });
      },
      ({ code }) => this.#change({ problem: code === 1 ? 'PERMISSION_DENIED' : 'NO_POSITION' }),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 },
    );
  }

  /** Asks for a car, from and to where the pins are. */
  async request(): Promise<void> {
    const { pickup, dropoff, isBusy, looksAgain } = this.state.get();
    if (dropoff === null || isBusy) return;
    this.#leaveTrip();
    this.#change({ ...NO_TRIP, looksAgain, step: 'searching', isBusy: true });
    try {
      await this.client.requestTrip({ pickup, dropoff });
    } catch (error) {
      const isThere = error instanceof HexfleetError && error.code === 'RIDER_ON_TRIP';
      if (!isThere) this.#change({ step: 'choosing', looksAgain: false });
      await (isThere ? this.#takeUp() : Promise.reject(error)).catch((failed) => this.#refused(failed));
    } finally {
      this.#change({ isBusy: false });
      this.#watchCars();
    }
  }

  async cancel(): Promise<void> {
    const { trip, isBusy } = this.state.get();
    if (trip === null || isBusy) return;
    await this.#try(() => this.client.cancelTrip(trip.id));
  }

  /** After the end: a new journey, from where this one ended. */
  beginAnew(): void {
    const { step, pickup, dropoff } = this.state.get();
    this.#leaveTrip();
    const places =
      step === 'done' && dropoff !== null ? { pickup: dropoff, dropoff: null } : { pickup, dropoff };
    this.#change({ ...NO_TRIP, ...places, choosing: 'dropoff' });
    this.#watchCars();
  }

  closeNotice(): void {
    this.#change({ notice: null });
  }

  async shareTrip(): Promise<void> {
    const { trip } = this.state.get();
    if (trip !== null)
      await this.#try(async () => this.#change({ share: await this.#api.shareTrip(trip.id) }));
  }

  /** Takes back every link of the trip. */
  async revokeShares(): Promise<void> {
    const { trip } = this.state.get();
    if (trip === null) return;
    await this.#try(async () => {
      await this.#api.revokeShares(trip.id);
      this.#change({ share: null });
    });
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    this.#change({ isBusy: true, problem: null });
    try {
      await work();
    } catch (error) {
      this.#refused(error);
    } finally {
      this.#change({ isBusy: false });
    }
  }

  async #lookForTrip(): Promise<void> {
    try {
      await this.#takeUp();
      if (this.state.get().step === 'starting') this.#change({ step: 'choosing' });
    } catch (error) {
      if (error instanceof HexfleetError && !error.retry) throw error;
      await pause(TRY_AGAIN_MS);
    }
  }

  async #takeUp(): Promise<void> {
    const trip = await this.client.openTrip();
    if (trip !== null) await this.#readTrack();
  }

  #connected(connection: ConnectionState): void {
    this.#lineChanged(connection);
    if ('hello' in connection && hasDriver(this.state.get().step)) void this.#readTrack();
  }

  #lineChanged(connection?: ConnectionState): void {
    const before = this.line.get();
    const state = connection?.state ?? before.connection;
    const isUp = state === 'connecting' || ((state === 'online' || state === 'reading') && navigator.onLine);
    const hello = connection !== undefined && 'hello' in connection ? connection.hello : null;
    const now = Date.now();
    this.line.set({
      connection: state,
      isUp,
      heardAt: hello === null ? before.heardAt : now,
      clockAheadMs: hello === null ? before.clockAheadMs : hello.now - now,
    });
    this.conversation.get()?.setOnline(state === 'online' && isUp);
  }

  #told(trip: Trip): void {
    const known = this.state.get().trip;
    if (known !== null && known.id !== trip.id && !isOpen(trip.state)) return;
    const step = stepOf(trip);
    const { pickup, dropoff, eta } = trip;
    this.#hear({ trip, step, pickup, dropoff, eta });
    // Asked for elsewhere, on another device or by dispatch: it is followed here as well.
    if (known?.id !== trip.id && isOpen(trip.state)) this.client.watchTrip(trip.id).catch(() => {});
    if (trip.driverId !== null) this.#talk(trip.id);
    if (hasDriver(step)) {
      this.#change({ looksAgain: false });
      this.#leaveCars();
    }
    if (step === 'done') void this.#summarize(trip.id);
    if (step === 'choosing') this.beginAnew();
    if (step === 'called_off' && trip.cancelled?.by === 'driver') {
      this.#change({ looksAgain: true, isBusy: false });
      void this.request();
    }
  }

  #talk(tripId: string): void {
    if (this.conversation.get() !== null) return;
    const conversation = new Conversation(this.client.chat(tripId), 'rider');
    conversation.setOnline(this.line.get().connection === 'online');
    const { presence } = this.state.get();
    if (presence !== null) conversation.setPresence(presence);
    this.conversation.set(conversation);
  }

  #leaveTrip(): void {
    this.conversation.get()?.close();
    this.conversation.set(null);
    this.track.set(null);
  }

  async #readTrack(): Promise<void> {
    const { trip } = this.state.get();
    if (trip === null || trip.driverId === null) return;
    try {
      this.track.set(await this.#api.track(trip.driverId, { tripId: trip.id }));
    } catch {
      // The way has a hole then; it grows on from here all the same.
    }
  }

  async #summarize(tripId: string): Promise<void> {
    while (this.#isOf(tripId) && this.state.get().step === 'done' && this.state.get().summary === null) {
      try {
        const summary = await this.#api.summary(tripId);
        if (this.#isOf(tripId)) this.#change({ summary });
      } catch (error) {
        if (error instanceof HexfleetError && !error.retry) return;
        await pause(TRY_AGAIN_MS);
      }
    }
  }

  #watchCars(): void {
    const { step, pickup } = this.state.get();
    if (step !== 'starting' && step !== 'choosing' && step !== 'searching') return;
    this.#isWatchingCars = true;
    // Without a connection it is asked for when there is one.
    this.client.watchNearby({ ...pickup, radiusM: NEARBY_RADIUS_M }).catch(() => {});
  }

  #leaveCars(): void {
    if (!this.#isWatchingCars) return;
    this.#isWatchingCars = false;
    this.client.unwatchNearby().catch(() => {});
    this.#change({ cars: 0 });
  }

  #isOf = (tripId: string): boolean => this.state.get().trip?.id === tripId;

  #refused(error: unknown): void {
    if (!(error instanceof HexfleetError)) throw error;
    this.#change({ problem: error.code });
  }

  #hear(change: Partial<RiderState>): void {
    this.line.set({ ...this.line.get(), heardAt: Date.now() });
    this.#change(change);
  }

  #change(change: Partial<RiderState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
