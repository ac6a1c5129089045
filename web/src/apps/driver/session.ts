import { atom, type WritableAtom } from 'nanostores';
import {
  type DriverStatus,
  type Fix,
  isOpen,
  type Notice,
  type OfferedTrip,
  type Track,
  type Trip,
} from '#protocol';
import { type ConnectionState, DriverApi, DriverClient, type DriverStep, HexfleetError } from '#sdk';
import { sleep } from '#sdk/util';
import { Conversation } from '../../shared/chat/conversation.js';
import { hasFlag } from '../../shared/live/address.js';
import { AreaAlerts } from '../../shared/live/area-alerts.js';
import { ConnectionMonitor } from '../../shared/live/connection-state.js';
import { RETRY_MS } from '../../shared/live/retry.js';
import type { Identity } from '../../shared/live/sign-in.js';
import { forget, store, stored } from '../../shared/live/storage.js';
import { update } from '../../shared/live/update.js';
import { FixSource } from './fix-source.js';
import { OfferAlarm, vibrate } from './offer-alarm.js';
import { RefusedFixes } from './refused-fixes.js';
import type { DriverState, Source } from './state.js';

const MAX_NOTICES = 3;

/** Connection and state of the driver app. Lives outside React, because a component that mounts twice must not connect twice. */
export class DriverSession {
  readonly userId: string;
  readonly deviceId: string;
  readonly role = 'driver';
  readonly client: DriverClient;
  readonly fixes: FixSource;
  readonly $state: WritableAtom<DriverState>;
  readonly connection = new ConnectionMonitor();
  /** alerts of dispatch to the area */
  readonly alerts = new AreaAlerts(() => this.client.now());
  /** chat with the rider of the current trip */
  readonly $conversation = atom<Conversation | null>(null);
  /** path driven on the open trip before this page was loaded */
  readonly $track = atom<Track | null>(null);
  readonly alarm = new OfferAlarm();
  readonly api: DriverApi;
  readonly #refusedFixes = new RefusedFixes();

  constructor({ userId, token, isDemo }: Identity, deviceId: string) {
    const query = new URLSearchParams(location.search);
    this.userId = userId;
    this.deviceId = deviceId;
    this.fixes = new FixSource(userId, query, isDemo);
    this.$state = atom<DriverState>({
      // No link may put a driver at work, only a visitor of the demo.
      isOnline: (isDemo && hasFlag(query, 'online')) || stored(onlineKey(userId)) !== null,
      isElsewhere: false,
      source: this.fixes.initial,
      isLoading: true,
      offer: null,
      missed: 0,
      queue: null,
      trip: null,
      summary: null,
      eta: null,
      presence: null,
      fix: null,
      sampling: null,
      waiting: 0,
      clockOffsetMs: 0,
      refusedFixes: null,
      isOutboxVolatile: false,
      notices: [],
      isBusy: false,
      problem: null,
    });
    this.api = new DriverApi({ token });
    this.client = new DriverClient({ token, deviceId, outbox: { key: userId } });
    this.client.on('connection', (connection) => this.#connected(connection));
    this.connection.$view.listen(() => this.$conversation.get()?.setOnline(this.connection.isOnline));
    this.client.on('sampling', (sampling) => this.#change({ sampling }));
    this.client.on('status', (status) => this.#statusChanged(status));
    this.client.on('queue', (queue) => this.#change({ queue }));
    this.client.on('unsent', (waiting) => this.#change({ waiting }));
    this.client.on('replaced', () => this.#lostToOtherDevice());
    this.client.on('clock', ({ offsetMs }) => this.#change({ clockOffsetMs: offsetMs }));
    this.client.on('acked', (fixes) => this.#answered(() => this.#refusedFixes.acked(fixes)));
    this.client.on('rejected', ({ fix, code }) => {
      // Without a socket, the refusal is the only notice.
      if (code === 'OTHER_DEVICE') this.#lostToOtherDevice();
      else this.#answered(() => this.#refusedFixes.rejected(fix, code));
    });
    this.client.on('storage', () => this.#change({ isOutboxVolatile: true }));
    this.client.on('offer', (offer) => this.#offerReceived(offer));
    this.client.on('offer:over', ({ tripId, reason }) => {
      const isMissed = reason === 'expired' && this.$state.get().offer?.tripId === tripId;
      if (isMissed) this.#change({ missed: this.$state.get().missed + 1 });
      this.#clearOffer(tripId);
    });
    this.client.on('trip', (trip) => this.#tripChanged(trip));
    this.client.on('eta', ({ tripId, eta }) => this.#isCurrent(tripId) && this.#change({ eta }));
    this.client.on('presence', (presence) => {
      if (!this.#isCurrent(presence.tripId)) return;
      this.#change({ presence });
      this.$conversation.get()?.setPresence(presence);
    });
    this.client.on('notice', (notice) => this.#noticeReceived(notice));
    this.client.on('area:alert', this.alerts.add);
    this.client.on('area:withdrawn', ({ id }) => this.alerts.dismiss(id));
  }

  /** Connects and restores the state of this tab. `connection` reports failures. */
  async begin(): Promise<void> {
    this.#change({ waiting: this.client.unsent });
    if (this.$state.get().isOnline) {
      // After a reload nobody has tapped yet, which browsers ask for before a page may sound.
      addEventListener('pointerdown', () => this.alarm.allow(), { once: true });
      this.#start();
    }
    await this.#connect();
  }

  async #connect(): Promise<void> {
    try {
      await this.client.connect();
    } catch (error) {
      // `CLOSED`: another device took over meanwhile.
      if (!this.$state.get().isElsewhere) this.#fail(error);
    }
  }

  choose(source: Source): void {
    this.fixes.store(source);
    this.#change({ source, fix: null, problem: null });
    if (this.$state.get().isOnline) this.#start();
  }

  goOnline(): void {
    const { isElsewhere } = this.$state.get();
    this.#change({
      isOnline: true,
      isElsewhere: false,
      problem: null,
      missed: 0,
      ...(isElsewhere && { isLoading: true }),
    });
    this.alarm.allow();
    this.#start();
    if (isElsewhere) void this.#restoreTrip();
  }

  goOffline(): void {
    this.#stop();
    this.alarm.stop();
    this.#change({ isOnline: false, offer: null, queue: null, missed: 0 });
    // When offline, the client sends it once it is connected.
    this.client.setStatus('offline').catch(() => {});
  }

  accept(): Promise<void> {
    return this.#answer((tripId) => this.client.accept(tripId));
  }

  decline(): Promise<void> {
    return this.#answer((tripId) => this.client.decline(tripId));
  }

  /** @param pin of the rider, to start a trip that needs one */
  async step(step: DriverStep, pin?: string): Promise<void> {
    const { trip } = this.$state.get();
    if (trip !== null) await this.#busyWith(() => this.client.step(trip.id, step, { pin }));
  }

  /** Cancels the trip because its rider did not come. */
  async reportNoShow(): Promise<void> {
    const { trip } = this.$state.get();
    if (trip !== null) await this.#busyWith(() => this.client.reportNoShow(trip.id));
  }

  /** Removes the note about missed offers. */
  dismissMissed(): void {
    this.#change({ missed: 0 });
  }

  /** Leaves a finished trip. */
  dismissTrip(): void {
    this.#leaveTrip();
    this.#change({ trip: null, summary: null, eta: null, presence: null });
  }

  dismissNotice(notice: Notice): void {
    this.#change({ notices: this.$state.get().notices.filter((other) => other !== notice) });
  }

  #start(): void {
    store(onlineKey(this.userId), '1');
    // The client repeats it on each new connection.
    this.client.setStatus('available').catch(() => {});
    const report = (fix: Fix) => {
      this.#change({ fix });
      this.#refusedFixes.add(fix);
      this.client.report(fix);
    };
    this.#answered(() => this.#refusedFixes.reset());
    const { source, trip } = this.$state.get();
    this.fixes.serve(trip);
    this.fixes.start(source, report, (reason) => {
      this.goOffline();
      this.#fail(reason);
    });
  }

  #stop(): void {
    forget(onlineKey(this.userId));
    this.fixes.stop();
  }

  /** The service owns the status: this window shows what was set in another one. */
  #statusChanged({ status, deviceId }: DriverStatus): void {
    const { isOnline, isElsewhere } = this.$state.get();
    if (status === 'offline') {
      if (isElsewhere) this.#change({ isElsewhere: false });
    } else if (!isOnline && deviceId !== null && deviceId !== this.client.deviceId) this.#lostToOtherDevice();
  }

  /** Leaves everything to the other device or window, where the driver is online now. */
  #lostToOtherDevice(): void {
    this.#stop();
    this.alarm.stop();
    this.#leaveTrip();
    this.#change({
      isOnline: false,
      isElsewhere: true,
      isLoading: false,
      missed: 0,
      offer: null,
      queue: null,
      trip: null,
      summary: null,
      eta: null,
      problem: null,
    });
  }

  #answered(update: () => void): void {
    update();
    const { code } = this.#refusedFixes;
    if (this.$state.get().refusedFixes !== code) this.#change({ refusedFixes: code });
  }

  #offerReceived(offer: OfferedTrip): void {
    if (this.$state.get().isElsewhere) return;
    this.#change({ offer, isLoading: false, problem: null });
    this.alarm.start();
  }

  #clearOffer(tripId: string): void {
    if (this.$state.get().offer?.tripId !== tripId) return;
    this.alarm.stop();
    this.#change({ offer: null });
  }

  async #answer(send: (tripId: string) => Promise<unknown>): Promise<void> {
    const { offer } = this.$state.get();
    if (offer === null) return;
    this.alarm.stop();
    this.#change({ missed: 0 });
    await this.#busyWith(() => send(offer.tripId));
    this.#clearOffer(offer.tripId);
  }

  async #busyWith(action: () => Promise<unknown>): Promise<void> {
    if (this.$state.get().isBusy) return;
    this.#change({ isBusy: true, problem: null });
    try {
      await action();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#change({ isBusy: false });
    }
  }

  #tripChanged(trip: Trip): void {
    const { trip: known, isElsewhere } = this.$state.get();
    if (isElsewhere) return;
    if (known !== null && known.id !== trip.id && !isOpen(trip.state)) return;
    this.#clearOffer(trip.id);
    if (known?.id !== trip.id) this.#leaveTrip();
    if (known === null && this.$state.get().isLoading) void this.#readTrack(trip);
    this.#change({ trip, isLoading: false, eta: trip.eta, ...(known?.id !== trip.id && { presence: null }) });
    this.fixes.serve(trip);
    // Accepting starts the drive to the pick-up, without another button. Act once per version of the trip.
    const isNew = known?.id !== trip.id || known.version !== trip.version;
    if (trip.state === 'accepted' && isNew) this.client.step(trip.id, 'arriving').catch(() => {});
    if (isOpen(trip.state)) this.#openChat(trip.id);
    else {
      vibrate([200]);
      if (trip.state === 'completed') void this.#summarize(trip.id);
    }
  }

  async #summarize(tripId: string): Promise<void> {
    while (this.#isCurrent(tripId) && this.$state.get().summary?.trip.id !== tripId) {
      try {
        const summary = await this.api.summary(tripId);
        if (this.#isCurrent(tripId)) this.#change({ summary });
      } catch (error) {
        if (error instanceof HexfleetError && !error.retry) return;
        await sleep(RETRY_MS);
      }
    }
  }

  #openChat(tripId: string): void {
    if (this.$conversation.get() !== null) return;
    const conversation = new Conversation(this.client.chat(tripId), 'driver', () => this.client.now());
    conversation.setOnline(this.connection.isOnline);
    this.$conversation.set(conversation);
  }

  #leaveTrip(): void {
    this.$conversation.get()?.close();
    this.$conversation.set(null);
    this.$track.set(null);
  }

  #noticeReceived(notice: Notice): void {
    this.#change({ notices: [notice, ...this.$state.get().notices].slice(0, MAX_NOTICES) });
    // The client has already changed its status.
    if (notice.kind !== 'offline') return;
    this.#stop();
    this.alarm.stop();
    this.#change({ isOnline: false, offer: null });
  }

  #connected(connection: ConnectionState): void {
    this.connection.changed(connection);
    if ('hello' in connection) void this.#refreshTrip();
  }

  /** The service pushes an open trip on each connection, but does not report that a trip has ended meanwhile. */
  async #refreshTrip(): Promise<void> {
    const { trip, isLoading, isElsewhere } = this.$state.get();
    if (isElsewhere) return;
    if (isLoading) return this.#restoreTrip();
    if (trip === null || !isOpen(trip.state)) return;
    const current = await this.api.trip(trip.id).catch(() => null);
    if (current !== null && !isOpen(current.state) && this.#isCurrent(current.id)) this.#tripChanged(current);
  }

  async #restoreTrip(): Promise<void> {
    while (this.$state.get().isLoading) {
      try {
        const trips = await this.api.openTrips();
        const own = trips.find(({ driverId }) => driverId === this.userId);
        if (own !== undefined && this.$state.get().trip === null) this.#tripChanged(own);
        // A trip that is still offered arrives as an `offer` event.
        this.#change({ isLoading: false });
      } catch (error) {
        if (!(error instanceof HexfleetError) || !error.retry) this.#change({ isLoading: false });
        else await sleep(RETRY_MS);
      }
    }
  }

  async #readTrack(trip: Trip): Promise<void> {
    if (!isOpen(trip.state)) return;
    try {
      this.$track.set(await this.api.track(this.userId, { tripId: trip.id }));
    } catch {
      // The path then starts at the current position.
    }
  }

  #isCurrent = (tripId: string): boolean => this.$state.get().trip?.id === tripId;

  #fail(error: unknown): void {
    if (!(error instanceof HexfleetError)) throw error;
    this.#change({ problem: error.code });
  }

  #change(change: Partial<DriverState>): void {
    update(this.$state, change);
  }
}

/** Session storage key that keeps a driver online after a reload. */
const onlineKey = (userId: string): string => `hexfleet-driver-online-${userId}`;
