import { isOpen, type Position, type Track, type Trip } from '#protocol';
import { Api, type ConnectionState, HexfleetError, RiderClient } from '#sdk';
import { Conversation } from '../../shared/chat/conversation.js';
import { ConnectionStore } from '../../shared/live/connection-state.js';
import { pause, TRY_AGAIN_MS } from '../../shared/live/pause.js';
import type { Identity } from '../../shared/live/sign-in.js';
import { Store } from '../../shared/live/store.js';
import { CarRequest } from './car-request.js';
import { locate } from './locate.js';
import { Nearby } from './nearby.js';
import { NO_TRIP, type PinKind, type RiderState, RiderStore, SHARE_KEY } from './state.js';
import { hasDriver, stepOf } from './steps.js';
import { TripRecord } from './trip-record.js';

/** Everything live on the rider's page. Outside of React: a component that mounts twice must not connect twice. */
export class RiderSession {
  readonly userId: string;
  readonly client: RiderClient;
  readonly state = new RiderStore();
  readonly line = new ConnectionStore();
  /** with the driver of the trip, once there is one */
  readonly conversation = new Store<Conversation | null>(null);
  readonly api: Api;
  readonly #record: TripRecord;
  readonly #nearby: Nearby;
  readonly #request: CarRequest;

  constructor({ userId, token }: Identity) {
    this.userId = userId;
    this.api = new Api({ token });
    this.client = new RiderClient({ token });
    this.#record = new TripRecord(this.api, this.state);
    this.#nearby = new Nearby(this.client, this.state);
    this.#request = new CarRequest(this.client, this.api, this.line);
    this.line.subscribe(() => this.conversation.get()?.setOnline(this.line.isOnline));
    this.client.on('connection', (connection) => this.#connected(connection));
    this.client.on('cars', () => this.#hear({ cars: this.client.cars.size }));
    this.client.on('trip', (trip) => this.#told(trip));
    this.client.on('eta', ({ tripId, eta }) => this.state.isOf(tripId) && this.#hear({ eta }));
    this.client.on('position', (position) => this.#hear({ position, isSilent: false }));
    this.client.on('gone', () => this.#hear({ isSilent: true }));
    this.client.on('presence', (presence) => {
      if (!this.state.isOf(presence.tripId)) return;
      this.#hear({ presence });
      this.conversation.get()?.setPresence(presence);
    });
    this.client.on('notice', ({ text }) => this.#hear({ notice: text }));
  }

  /** what was driven before this page looked, or while it could not */
  get track(): Store<Track | null> {
    return this.#record.track;
  }

  /** Connects and takes up a trip that is under way. What fails here is told by `line`. */
  async begin(): Promise<void> {
    this.#nearby.watch();
    try {
      await this.client.connect();
      while (this.state.get().step === 'starting') await this.#lookForTrip();
    } catch (error) {
      this.state.refused(error);
    }
  }

  choose(choosing: PinKind): void {
    this.state.change({ choosing });
  }

  /** Puts a pin somewhere; only before a car is asked for. */
  place(kind: PinKind, { lat, lng }: Position): void {
    if (this.state.get().step !== 'choosing') return;
    this.state.change({ [kind]: { lat, lng }, choosing: 'dropoff', problem: null });
    if (kind === 'pickup') this.#nearby.watch();
  }

  /** Puts the pick-up where this device is. */
  async locate(): Promise<void> {
    const located = await locate();
    if ('at' in located) this.place('pickup', located.at);
    else this.state.change(located);
  }

  /** Asks for a car, from and to where the pins are. */
  async request(): Promise<void> {
    const { pickup, dropoff, isBusy, looksAgain } = this.state.get();
    if (dropoff === null || isBusy) return;
    this.#leaveTrip();
    this.state.change({ ...NO_TRIP, looksAgain, step: 'searching', isBusy: true });
    try {
      // What came after a stopped one is not to be touched.
      if (!(await this.#request.send({ pickup, dropoff }))) return;
      this.state.change({ isBusy: false });
    } catch (error) {
      this.state.change({ step: 'choosing', looksAgain: false, isBusy: false });
      this.state.refused(error);
    }
    this.#nearby.watch();
  }

  /** Calls the trip off, or takes back a request that is still on its way: that is done at once, whatever the network does. */
  async cancel(): Promise<void> {
    const { trip, isBusy } = this.state.get();
    if (trip === null) {
      if (this.#request.takeBack()) this.beginAnew();
    } else if (!isBusy) await this.state.busyWith(() => this.client.cancelTrip(trip.id));
  }

  /** After the end: a new journey, from where this one ended. */
  beginAnew(): void {
    const { step, pickup, dropoff } = this.state.get();
    this.#leaveTrip();
    const places =
      step === 'done' && dropoff !== null ? { pickup: dropoff, dropoff: null } : { pickup, dropoff };
    this.state.change({ ...NO_TRIP, ...places, choosing: 'dropoff' });
    this.#nearby.watch();
  }

  closeNotice(): void {
    this.state.change({ notice: null });
  }

  async #lookForTrip(): Promise<void> {
    try {
      await this.client.openTrip();
      if (this.state.get().step === 'starting') this.state.change({ step: 'choosing' });
    } catch (error) {
      if (error instanceof HexfleetError && !error.retry) throw error;
      await pause(TRY_AGAIN_MS);
    }
  }

  #connected(connection: ConnectionState): void {
    this.line.told(connection);
    if ('hello' in connection && hasDriver(this.state.get().step)) void this.#record.readTrack();
  }

  #told(trip: Trip): void {
    const known = this.state.get().trip;
    if (this.#request.isTakenBack(trip)) {
      if (isOpen(trip.state)) this.#request.callOff();
      return;
    }
    if (known !== null && known.id !== trip.id && !isOpen(trip.state)) return;
    const isNews = known === null && isOpen(trip.state);
    if (isNews) this.#request.stop();
    const step = stepOf(trip);
    const { pickup, dropoff, eta } = trip;
    this.#hear({ trip, step, pickup, dropoff, eta, ...(isNews && { isBusy: false }) });
    // Asked for elsewhere, on another device or by dispatch: it is followed here as well.
    if (known?.id !== trip.id && isOpen(trip.state)) this.client.watchTrip(trip.id).catch(() => {});
    if (known?.id !== trip.id) void this.#record.readTrack();
    if (!isOpen(trip.state)) sessionStorage.removeItem(SHARE_KEY);
    if (trip.driverId !== null) this.#talk(trip.id);
    if (hasDriver(step)) {
      this.state.change({ looksAgain: false });
      this.#nearby.leave();
    }
    if (step === 'done') void this.#record.summarize(trip.id);
    if (step === 'choosing') this.beginAnew();
    if (step === 'called_off' && trip.cancelled?.by === 'driver') {
      this.state.change({ looksAgain: true, isBusy: false });
      void this.request();
    }
  }

  #talk(tripId: string): void {
    if (this.conversation.get() !== null) return;
    const conversation = new Conversation(this.client.chat(tripId), 'rider');
    conversation.setOnline(this.line.isOnline);
    const { presence } = this.state.get();
    if (presence !== null) conversation.setPresence(presence);
    this.conversation.set(conversation);
  }

  #leaveTrip(): void {
    this.conversation.get()?.close();
    this.conversation.set(null);
    this.#record.leave();
  }

  #hear(change: Partial<RiderState>): void {
    this.line.heard();
    this.state.change(change);
  }
}
