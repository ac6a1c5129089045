import { manhattan } from '#city';
import {
  type Eta,
  type Fix,
  isOpen,
  type Notice,
  type OfferedTrip,
  type PartnerPresence,
  type Position,
  type Sampling,
  type Trip,
} from '#protocol';
import {
  Api,
  type ConnectionState,
  DriverClient,
  type DriverStep,
  geolocationFixes,
  HexfleetError,
} from '#sdk';
import { Conversation } from '../chat/conversation.js';
import { identity } from '../live/identity.js';
import { Store } from '../live/store.js';
import { Awake } from './awake.js';
import { DemoDrive } from './demo-drive.js';

/** Where the positions come from. */
export type Source = 'device' | 'demo';

export type DriverState = {
  isOnline: boolean;
  source: Source;
  offer: OfferedTrip | null;
  /** the open trip, or the one that ended last until it is dismissed */
  trip: Trip | null;
  eta: Eta | null;
  presence: PartnerPresence | null;
  /** the newest fix of the device */
  fix: Fix | null;
  sampling: Sampling | null;
  /** fixes that the service has not stored yet */
  waiting: number;
  /** fixes that wait are lost with this page */
  isOutboxVolatile: boolean;
  notices: readonly Notice[];
  isBusy: boolean;
  /** the code of what was refused last, until the next try */
  problem: string | null;
};

export type LineState = {
  connection: ConnectionState['state'];
  isUp: boolean;
  /** what the service's clock is ahead of this one, ms */
  clockAheadMs: number;
};

const SOURCE_KEY = 'hexfleet-driver-source';
const MAX_NOTICES = 3;

/** Everything live on the driver's page. Outside of React: a component that mounts twice must not connect twice. */
export class DriverSession {
  readonly userId: string;
  readonly client: DriverClient;
  readonly awake = new Awake();
  readonly state: Store<DriverState>;
  readonly line = new Store<LineState>({ connection: 'connecting', isUp: true, clockAheadMs: 0 });
  /** with the rider of the trip */
  readonly conversation = new Store<Conversation | null>(null);
  readonly #api: Api;
  readonly #demo: DemoDrive;
  #following: AbortController | null = null;

  constructor() {
    const { userId, token } = identity('driver');
    const query = new URLSearchParams(location.search);
    const wanted = query.has('at') || query.has('online') ? 'demo' : sessionStorage.getItem(SOURCE_KEY);
    this.userId = userId;
    this.state = new Store<DriverState>({
      isOnline: query.has('online') || sessionStorage.getItem(onlineKey(userId)) !== null,
      source: wanted === 'device' ? 'device' : 'demo',
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
    const at = query.get('at');
    // Another place in the address is another drive.
    this.#demo = new DemoDrive(placeOf(at) ?? somewhere(), `hexfleet-driver-place-${userId}-${at ?? ''}`);
    this.client = new DriverClient({ token, outbox: { key: userId } });
    this.client.on('connection', (connection) => this.#lineChanged(connection));
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
    for (const event of ['online', 'offline']) addEventListener(event, () => this.#lineChanged());
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
    sessionStorage.setItem(SOURCE_KEY, source);
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
    this.#leaveChat();
    this.#change({ trip: null, eta: null, presence: null });
  }

  dismissNotice(notice: Notice): void {
    this.#change({ notices: this.state.get().notices.filter((other) => other !== notice) });
  }

  #start(): void {
    sessionStorage.setItem(onlineKey(this.userId), '1');
    this.awake.want(true);
    this.#following?.abort();
    this.#demo.stop();
    // Said again on each new connection.
    this.client.setStatus('available').catch(() => {});
    const take = (fix: Fix) => {
      this.#change({ fix });
      this.client.report(fix);
    };
    if (this.state.get().source === 'demo') {
      this.#demo.serve(this.state.get().trip);
      this.#demo.start(take);
      return;
    }
    const following = new AbortController();
    this.#following = following;
    const follow = async () => {
      for await (const fix of geolocationFixes({ signal: following.signal })) take(fix);
    };
    follow().catch((error: unknown) => {
      if (following.signal.aborted) return;
      this.goOffline();
      this.#refused(error);
    });
  }

  #stop(): void {
    sessionStorage.removeItem(onlineKey(this.userId));
    this.awake.want(false);
    this.#following?.abort();
    this.#following = null;
    this.#demo.stop();
  }

  #offered(offer: OfferedTrip): void {
    this.#change({ offer, problem: null });
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
    if (known?.id !== trip.id) this.#leaveChat();
    this.#change({ trip, eta: trip.eta, ...(known?.id !== trip.id && { presence: null }) });
    this.#demo.serve(trip);
    // Who accepts, drives: there is no button between the two.
    if (trip.state === 'accepted') this.client.step(trip.id, 'arriving').catch(() => {});
    if (isOpen(trip.state)) this.#talk(trip.id);
    else navigator.vibrate?.(200);
  }

  #talk(tripId: string): void {
    if (this.conversation.get() !== null) return;
    const conversation = new Conversation(this.client.chat(tripId), 'driver');
    const { connection, isUp } = this.line.get();
    conversation.setOnline(connection === 'online' && isUp);
    this.conversation.set(conversation);
  }

  #leaveChat(): void {
    this.conversation.get()?.close();
    this.conversation.set(null);
  }

  #noticed(notice: Notice): void {
    this.#change({ notices: [notice, ...this.state.get().notices].slice(0, MAX_NOTICES) });
    // The client has said so already.
    if (notice.kind !== 'offline') return;
    this.#stop();
    this.#change({ isOnline: false, offer: null });
  }

  #lineChanged(connection?: ConnectionState): void {
    const before = this.line.get();
    const state = connection?.state ?? before.connection;
    const isUp = state === 'connecting' || ((state === 'online' || state === 'reading') && navigator.onLine);
    const hello = connection !== undefined && 'hello' in connection ? connection.hello : null;
    this.line.set({
      connection: state,
      isUp,
      clockAheadMs: hello === null ? before.clockAheadMs : hello.now - Date.now(),
    });
    this.conversation.get()?.setOnline(state === 'online' && isUp);
    if (hello !== null) void this.#lookForTrip();
  }

  /** The service tells an open trip on each connection; that there is none it does not. */
  async #lookForTrip(): Promise<void> {
    const { trip } = this.state.get();
    if (trip === null || !isOpen(trip.state)) return;
    const current = await this.#api.trip(trip.id).catch(() => null);
    if (current !== null && !isOpen(current.state) && this.#isOf(current.id)) this.#told(current);
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

function placeOf(at: string | null): Position | null {
  const [lat, lng] = (at ?? '').split(',').map(Number);
  return Number.isFinite(lat) && Number.isFinite(lng) && at !== null ? { lat: lat!, lng: lng! } : null;
}

function somewhere(): Position {
  const { nodes, center } = manhattan();
  const near = nodes.filter(
    ({ lat, lng }) => Math.abs(lat - center.lat) < 0.012 && Math.abs(lng - center.lng) < 0.012,
  );
  return near[Math.floor(Math.random() * near.length)] ?? center;
}
