import { atom } from 'nanostores';
import { isOpen, type Position, type Track, type Trip } from '#protocol';
import { type ConnectionState, HexfleetError, RiderApi, RiderClient } from '#sdk';
import { sleep } from '#sdk/util';
import type { Conversation } from '../../shared/chat/conversation.js';
import { AreaAlerts } from '../../shared/live/area-alerts.js';
import { ConnectionMonitor } from '../../shared/live/connection-state.js';
import { RETRY_MS } from '../../shared/live/retry.js';
import type { Identity } from '../../shared/live/sign-in.js';
import { forget } from '../../shared/live/storage.js';
import type { PinKind } from '../../shared/map/pins.js';
import { withRetry } from '../../shared/ui/lazy-with-retry.js';
import type { CarRequest } from './car-request.js';
import { Nearby } from './nearby.js';
import { NO_TRIP, type OfferedPlace, type RiderState, RiderStore, SHARE_KEY } from './state.js';
import { hasDriver, stepOf } from './steps.js';

/** Loaded once the rider moves a pin or has a trip, which keeps the first screen small. */
export const loadCarRequest = () => import('./car-request.js');
const loadSettlePin = () => import('./settle-pin.js');
export const loadConversation = () => import('../../shared/chat/conversation.js');

/** Connection and state of the rider app. Lives outside React, because a component that mounts twice must not connect twice. */
export class RiderSession {
  readonly userId: string;
  readonly deviceId: string;
  readonly role = 'rider';
  readonly client: RiderClient;
  readonly state = new RiderStore();
  readonly connection = new ConnectionMonitor();
  /** alerts of dispatch to the area */
  readonly alerts = new AreaAlerts(() => this.client.now());
  /** positions do not arrive on time */
  readonly $isDegraded = atom(false);
  /** chat with the driver of the current trip; null before a driver has accepted */
  readonly $conversation = atom<Conversation | null>(null);
  /** path driven on the current trip while this page was closed or offline */
  readonly $track = atom<Track | null>(null);
  readonly api: RiderApi;
  readonly #nearby: Nearby;
  /** null until a car was requested */
  #request: CarRequest | null = null;
  #attempt = 0;

  constructor({ userId, token }: Identity, deviceId: string) {
    this.userId = userId;
    this.deviceId = deviceId;
    this.api = new RiderApi({ token });
    this.client = new RiderClient({ token, deviceId });
    this.#nearby = new Nearby(this.client, this.state);
    this.connection.$view.listen(() => this.$conversation.get()?.setOnline(this.connection.isOnline));
    this.client.on('connection', (connection) => this.#connected(connection));
    this.client.on('service', ({ state }) => this.$isDegraded.set(state === 'degraded'));
    this.client.on('cars', () => this.#received({ cars: this.client.cars.size }));
    this.client.on('trip', (trip) => this.#tripChanged(trip));
    this.client.on('eta', ({ tripId, eta }) => this.state.isCurrent(tripId) && this.#received({ eta }));
    this.client.on('position', (position) => this.#received({ position, isSilent: false }));
    this.client.on('gone', () => this.#received({ isSilent: true }));
    this.client.on('presence', (presence) => {
      if (!this.state.isCurrent(presence.tripId)) return;
      this.#received({ presence });
      this.$conversation.get()?.setPresence(presence);
    });
    this.client.on('notice', (notice) => this.#received({ notice }));
    this.client.on('area:alert', this.alerts.add);
    this.client.on('area:withdrawn', ({ id }) => this.alerts.dismiss(id));
  }

  /** Connects and restores an open trip. `connection` reports failures. */
  async begin(): Promise<void> {
    this.#nearby.watch();
    try {
      await this.client.connect();
      while (this.state.get().step === 'starting') await this.#restoreTrip();
    } catch (error) {
      this.state.fail(error);
    }
  }

  choose(choosing: PinKind): void {
    this.state.change({ choosing });
  }

  /** Moves a pin. Ignored once a car was requested. */
  placePin(kind: PinKind, { lat, lng }: Position): void {
    if (this.state.get().step !== 'choosing') return;
    const at = { lat, lng };
    this.state.change({ [kind]: at, choosing: 'dropoff', problem: null, offered: null });
    if (kind === 'pickup') this.#nearby.watch();
    const settle = async () => (await loadSettlePin()).settlePin(this.api, this.state, kind, at);
    settle().catch(() => {});
  }

  /** Moves the pick-up to the location of this device. */
  async locate(): Promise<void> {
    const { locate } = await withRetry(() => import('./locate.js'));
    const located = await locate();
    if ('at' in located) this.placePin('pickup', located.at);
    else this.state.change(located);
  }

  /** Requests a car between the two pins. */
  async request(): Promise<void> {
    const { pickup, dropoff, isBusy, isSearchingAgain } = this.state.get();
    if (dropoff === null || isBusy) return;
    this.#leaveTrip();
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.state.change({ ...NO_TRIP, isSearchingAgain, step: 'searching', isBusy: true });
    try {
      const { CarRequest } = await withRetry(loadCarRequest);
      // Withdrawn while it was loading.
      if (this.state.get().step !== 'searching' || attempt !== this.#attempt) return;
      this.#request ??= new CarRequest(this.client, this.api);
      const { withPin, vehicleClass, seats } = this.state.get();
      const options = { seats: seats > 1 ? seats : undefined, vehicleClass: vehicleClass ?? undefined };
      const journey = { pickup, dropoff, withPin, ...options };
      // A stopped request must not overwrite the state of its successor.
      if (!(await this.#request.send(journey))) return;
      this.state.change({ isBusy: false });
    } catch (error) {
      this.state.change({ step: 'choosing', isSearchingAgain: false, isBusy: false });
      this.state.fail(error);
    }
    this.#nearby.watch();
  }

  /** Moves the pin to the place that was offered instead of a refused one, and requests a car if the rider had. */
  async takeOffered({ kind, lat, lng, asked }: OfferedPlace): Promise<void> {
    this.placePin(kind, { lat, lng });
    if (asked) await this.request();
  }

  /** Cancels the trip, or withdraws a request without an answer. Withdrawing takes effect at once, even offline. */
  async cancel(): Promise<void> {
    const { trip, isBusy } = this.state.get();
    if (trip === null) {
      if (this.#request === null || this.#request.withdraw()) this.startOver();
    } else if (!isBusy) await this.state.busyWith(() => this.client.cancelTrip(trip.id));
  }

  /** Leaves a finished trip. After a completed one, its destination becomes the pick-up. */
  startOver(): void {
    const { step, pickup, dropoff } = this.state.get();
    this.#leaveTrip();
    const places =
      step === 'done' && dropoff !== null ? { pickup: dropoff, dropoff: null } : { pickup, dropoff };
    this.state.change({ ...NO_TRIP, ...places, choosing: 'dropoff' });
    this.#nearby.watch();
  }

  dismissNotice(): void {
    this.state.change({ notice: null });
  }

  async #restoreTrip(): Promise<void> {
    try {
      await this.client.openTrip();
      if (this.state.get().step === 'starting') this.state.change({ step: 'choosing' });
    } catch (error) {
      if (error instanceof HexfleetError && !error.retry) throw error;
      await sleep(RETRY_MS);
    }
  }

  #connected(connection: ConnectionState): void {
    this.connection.changed(connection);
    if ('hello' in connection && hasDriver(this.state.get().step)) void this.#readHistory();
  }

  #tripChanged(trip: Trip): void {
    const known = this.state.get().trip;
    if (this.#request?.isWithdrawn(trip)) {
      if (isOpen(trip.state)) this.#request.cancelWithdrawn();
      return;
    }
    if (known !== null && known.id !== trip.id && !isOpen(trip.state)) return;
    const isNew = known === null && isOpen(trip.state);
    if (isNew) this.#request?.stop();
    const step = stepOf(trip);
    const { pickup, dropoff, eta } = trip;
    this.#received({ trip, step, pickup, dropoff, eta, ...(isNew && { isBusy: false }) });
    // A trip requested on another device or by dispatch is followed here as well.
    if (known?.id !== trip.id && isOpen(trip.state)) this.client.watchTrip(trip.id).catch(() => {});
    if (!isOpen(trip.state)) forget(SHARE_KEY);
    if (trip.driverId !== null) void this.#openChat(trip.id);
    if (hasDriver(step)) {
      this.state.change({ isSearchingAgain: false });
      this.#nearby.stop();
    }
    if (step === 'done' || known?.id !== trip.id) void this.#readHistory();
    if (step === 'choosing') this.startOver();
    if (step === 'called_off' && trip.cancelled?.by === 'driver') {
      this.state.change({ isSearchingAgain: true, isBusy: false });
      void this.request();
    }
  }

  async #readHistory(): Promise<void> {
    (await withRetry(() => import('./trip-history.js'))).readHistory(this);
  }

  async #openChat(tripId: string): Promise<void> {
    const { Conversation } = await withRetry(loadConversation);
    if (this.$conversation.get() !== null || !this.state.isCurrent(tripId)) return;
    const conversation = new Conversation(this.client.chat(tripId), 'rider', () => this.client.now());
    conversation.setOnline(this.connection.isOnline);
    const { presence } = this.state.get();
    if (presence !== null) conversation.setPresence(presence);
    this.$conversation.set(conversation);
  }

  #leaveTrip(): void {
    this.$conversation.get()?.close();
    this.$conversation.set(null);
    this.$track.set(null);
  }

  #received(change: Partial<RiderState>): void {
    this.connection.received();
    this.state.change(change);
  }
}
