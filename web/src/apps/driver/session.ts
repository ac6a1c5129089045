import { type Fix, isOpen, type Notice, type OfferedTrip, type Track, type Trip } from '#protocol';
import { Api, type ConnectionState, DriverClient, type DriverStep, HexfleetError } from '#sdk';
import { Conversation } from '../../shared/chat/conversation.js';
import { ConnectionStore } from '../../shared/live/connection-state.js';
import { pause, TRY_AGAIN_MS } from '../../shared/live/pause.js';
import type { Identity } from '../../shared/live/sign-in.js';
import { Store } from '../../shared/live/store.js';
import { FixSource } from './fix-source.js';
import type { DriverState, Source } from './state.js';

const MAX_NOTICES = 3;

/** Everything live on the driver's page. Outside of React: a component that mounts twice must not connect twice. */
export class DriverSession {
  readonly userId: string;
  readonly client: DriverClient;
  readonly fixes: FixSource;
  readonly state: Store<DriverState>;
  readonly line = new ConnectionStore();
  /** with the rider of the trip */
  readonly conversation = new Store<Conversation | null>(null);
  /** what was driven of the open trip before the page was loaded */
  readonly track = new Store<Track | null>(null);
  readonly #api: Api;

  constructor({ userId, token }: Identity) {
    const query = new URLSearchParams(location.search);
    this.userId = userId;
    this.fixes = new FixSource(userId, query);
    this.state = new Store<DriverState>({
      isOnline: query.has('online') || sessionStorage.getItem(onlineKey(userId)) !== null,
      source: this.fixes.first,
      isLooking: true,
      offer: null,
      trip: null,
      eta: null,
      presence: null,
      fix: null,
      sampling: null,
      waiting: 0,
      isOutboxVolatile: false,
      notices: [],
      isBusy: false,
      problem: null,
    });
    this.#api = new Api({ token });
    this.client = new DriverClient({ token, outbox: { key: userId } });
    this.client.on('connection', (connection) => this.#connected(connection));
    this.line.subscribe(() => this.conversation.get()?.setOnline(this.line.isOnline));
    this.client.on('sampling', (sampling) => this.#change({ sampling }));
    this.client.on('waiting', (waiting) => this.#change({ waiting }));
    this.client.on('storage', () => this.#change({ isOutboxVolatile: true }));
    this.client.on('offer', (offer) => this.#offered(offer));
    this.client.on('offer:over', ({ tripId }) => this.#answered(tripId));
    this.client.on('trip', (trip) => this.#told(trip));
    this.client.on('eta', ({ tripId, eta }) => this.#isOf(tripId) && this.#change({ eta }));
    this.client.on('presence', (presence) => {
      if (!this.#isOf(presence.tripId)) return;
      this.#change({ presence });
      this.conversation.get()?.setPresence(presence);
    });
    this.client.on('notice', (notice) => this.#noticed(notice));
  }

  /** Connects, and goes on where this tab was. What fails here is told by `line`. */
  async begin(): Promise<void> {
    this.#change({ waiting: this.client.waiting });
    if (this.state.get().isOnline) this.#start();
    try {
      await this.client.connect();
    } catch (error) {
      this.#refused(error);
    }
  }

  choose(source: Source): void {
    this.fixes.keep(source);
    this.#change({ source, fix: null, problem: null });
    if (this.state.get().isOnline) this.#start();
  }

  goOnline(): void {
    this.#change({ isOnline: true, problem: null });
    this.#start();
  }

  goOffline(): void {
    this.#stop();
    this.#change({ isOnline: false, offer: null });
    // Without a connection it is said when there is one.
    this.client.setStatus('offline').catch(() => {});
  }

  accept(): Promise<void> {
    return this.#answer((tripId) => this.client.accept(tripId));
  }

  decline(): Promise<void> {
    return this.#answer((tripId) => this.client.decline(tripId));
  }

  async step(step: DriverStep): Promise<void> {
    const { trip } = this.state.get();
    if (trip !== null) await this.#try(() => this.client.step(trip.id, step));
  }

  /** Leaves the trip that is over. */
  dismissTrip(): void {
    this.#leaveTrip();
    this.#change({ trip: null, eta: null, presence: null });
  }

  dismissNotice(notice: Notice): void {
    this.#change({ notices: this.state.get().notices.filter((other) => other !== notice) });
  }

  #start(): void {
    sessionStorage.setItem(onlineKey(this.userId), '1');
    // Said again on each new connection.
    this.client.setStatus('available').catch(() => {});
    const take = (fix: Fix) => {
      this.#change({ fix });
      this.client.report(fix);
    };
    const { source, trip } = this.state.get();
    this.fixes.serve(trip);
    this.fixes.start(source, take, (why) => {
      this.goOffline();
      this.#refused(why);
    });
  }

  #stop(): void {
    sessionStorage.removeItem(onlineKey(this.userId));
    this.fixes.stop();
  }

  #offered(offer: OfferedTrip): void {
    this.#change({ offer, isLooking: false, problem: null });
    navigator.vibrate?.([200, 100, 200]);
  }

  #answered(tripId: string): void {
    if (this.state.get().offer?.tripId === tripId) this.#change({ offer: null });
  }

  async #answer(say: (tripId: string) => Promise<unknown>): Promise<void> {
    const { offer } = this.state.get();
    if (offer === null) return;
    await this.#try(() => say(offer.tripId));
    this.#answered(offer.tripId);
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    if (this.state.get().isBusy) return;
    this.#change({ isBusy: true, problem: null });
    try {
      await work();
    } catch (error) {
      this.#refused(error);
    } finally {
      this.#change({ isBusy: false });
    }
  }

  #told(trip: Trip): void {
    const known = this.state.get().trip;
    if (known !== null && known.id !== trip.id && !isOpen(trip.state)) return;
    this.#answered(trip.id);
    if (known?.id !== trip.id) this.#leaveTrip();
    if (known === null && this.state.get().isLooking) void this.#readTrack(trip);
    this.#change({ trip, isLooking: false, eta: trip.eta, ...(known?.id !== trip.id && { presence: null }) });
    this.fixes.serve(trip);
    // Who accepts, drives: there is no button between the two. What was told twice is said once.
    const isNews = known?.id !== trip.id || known.version !== trip.version;
    if (trip.state === 'accepted' && isNews) this.client.step(trip.id, 'arriving').catch(() => {});
    if (isOpen(trip.state)) this.#talk(trip.id);
    else navigator.vibrate?.(200);
  }

  #talk(tripId: string): void {
    if (this.conversation.get() !== null) return;
    const conversation = new Conversation(this.client.chat(tripId), 'driver');
    conversation.setOnline(this.line.isOnline);
    this.conversation.set(conversation);
  }

  #leaveTrip(): void {
    this.conversation.get()?.close();
    this.conversation.set(null);
    this.track.set(null);
  }

  #noticed(notice: Notice): void {
    this.#change({ notices: [notice, ...this.state.get().notices].slice(0, MAX_NOTICES) });
    // The client has said so already.
    if (notice.kind !== 'offline') return;
    this.#stop();
    this.#change({ isOnline: false, offer: null });
  }

  #connected(connection: ConnectionState): void {
    this.line.told(connection);
    if ('hello' in connection) void this.#lookForTrip();
  }

  /** The service tells an open trip on each connection; that there is none it does not. */
  async #lookForTrip(): Promise<void> {
    const { trip, isLooking } = this.state.get();
    if (isLooking) return this.#lookForAny();
    if (trip === null || !isOpen(trip.state)) return;
    const current = await this.#api.trip(trip.id).catch(() => null);
    if (current !== null && !isOpen(current.state) && this.#isOf(current.id)) this.#told(current);
  }

  async #lookForAny(): Promise<void> {
    while (this.state.get().isLooking) {
      try {
        const trips = await this.#api.openTrips();
        const own = trips.find(({ driverId }) => driverId === this.userId);
        if (own !== undefined && this.state.get().trip === null) this.#told(own);
        // One that is offered is told as an offer.
        this.#change({ isLooking: false });
      } catch (error) {
        if (!(error instanceof HexfleetError) || !error.retry) this.#change({ isLooking: false });
        else await pause(TRY_AGAIN_MS);
      }
    }
  }

  async #readTrack(trip: Trip): Promise<void> {
    if (!isOpen(trip.state)) return;
    try {
      this.track.set(await this.#api.track(this.userId, { tripId: trip.id }));
    } catch {
      // The way begins here then.
    }
  }

  #isOf = (tripId: string): boolean => this.state.get().trip?.id === tripId;

  #refused(error: unknown): void {
    if (!(error instanceof HexfleetError)) throw error;
    this.#change({ problem: error.code });
  }

  #change(change: Partial<DriverState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}

/** A page that is loaded anew goes on, each driver for itself. */
const onlineKey = (userId: string): string => `hexfleet-driver-online-${userId}`;
