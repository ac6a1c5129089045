import { setImmediate } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Socket } from 'socket.io';
import { repeatedly } from '#ops';
import { type Audience, alertsRoom, ProtocolError, regionRoom, type SentAlert } from '#protocol';
import { Hub, type RoomListener } from '#realtime';
import { Alerts, clock, orUnavailable } from '#store';
import { RoomSubscriptions } from '../fleet/room-subscriptions.js';
import { ZoneRulesService } from '../queues/zone-rules.service.js';
import { AlertReachNotifier } from './alert-reach.js';
import { DriverPositions } from './driver-positions.js';
import { LocalAlert } from './local-alert.js';
import { type RiderPlace, RiderPlaces } from './rider-places.js';

/** Interval at which active alerts are delivered to drivers and riders who came into the area, or whose signal was lost. */
const SWEEP_INTERVAL_MS = 10_000;
const LISTEN_INTERVAL_MS = 1_000;

const NAMESPACE_OF = { riders: '/rider', drivers: '/driver' } as const;
type Receivers = keyof typeof NAMESPACE_OF;

/**
 * Delivers alerts to the clients of this gateway: to each socket in the area at once, encoded once for all of them, and
 * until the alert expires to those who connect or come into the area later. A socket gets each alert once.
 */
@Injectable()
export class AlertDelivery implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('alerts');
  readonly #active = new Map<string, LocalAlert>();
  /** expiry of each withdrawn alert, epoch ms */
  readonly #withdrawn = new Map<string, number>();
  #listener: RoomListener<'/rider'> | null = null;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly alerts: Alerts,
    private readonly hub: Hub,
    private readonly positions: DriverPositions,
    private readonly places: RiderPlaces,
    private readonly reach: AlertReachNotifier,
    private readonly zones: ZoneRulesService,
    private readonly rooms: RoomSubscriptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.places.onPlaced((socket) => this.#arrived('riders', socket));
    this.hub.onConnection('/driver', (socket) => this.#arrived('drivers', socket as unknown as Socket));
    this.#timers.push(
      repeatedly(LISTEN_INTERVAL_MS, () => this.#listen()),
      repeatedly(SWEEP_INTERVAL_MS, () => this.#sweep()),
    );
    await this.#listen();
    await this.#sweep();
  }

  onApplicationShutdown(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Delivers an alert to those who are connected here. */
  async #deliver(alert: SentAlert): Promise<void> {
    const active = this.#add(alert);
    if (active === null) return;
    const drivers = active.isFor('drivers') ? this.#waiting('drivers', active) : [];
    // Those at a pin in the area need no lookup.
    const there: Socket[] = [];
    const passengers: Socket[] = [];
    for (const socket of active.isFor('riders') ? this.#waiting('riders', active) : [])
      (isAtPin(this.places.of(socket), active) ? there : passengers).push(socket);
    await this.#send('riders', active, there);
    const ids = new Set(drivers.map(({ data }) => data.userId as string));
    for (const socket of passengers) for (const id of this.places.of(socket).drivers) ids.add(id);
    const within = await this.positions.within(active.coverage, ids);
    await this.#sendWithin(active, within, { drivers, riders: passengers });
    await this.#record(active);
  }

  /** Reads the active alerts again, and delivers them to those who came into their areas. */
  async #sweep(): Promise<void> {
    try {
      const now = clock.now();
      for (const [id, { alert }] of this.#active) if (alert.expiresAt <= now) this.#active.delete(id);
      // Read first: an alert that is read as active afterwards was not withdrawn before.
      await this.#readWithdrawn(now);
      for (const alert of await this.alerts.active(now))
        if (!this.#active.has(alert.id)) {
          await this.#deliver(alert);
          await setImmediate();
        }
      await this.#deliverToMoved();
    } catch (error) {
      // Redis is unavailable; the next turn catches up.
      this.#failed(error);
    }
  }

  /** Learns of withdrawals of which no signal has arrived. */
  async #readWithdrawn(now: number): Promise<void> {
    for (const [id, expiresAt] of this.#withdrawn) if (expiresAt <= now) this.#withdrawn.delete(id);
    for (const [id, expiresAt] of await this.alerts.withdrawn(now)) this.#withdraw(id, expiresAt);
  }

  /** Ends the delivery of an alert, and notifies the clients that have it. */
  #withdraw(id: string, expiresAt: number): void {
    if (this.#withdrawn.has(id)) return;
    this.#withdrawn.set(id, expiresAt);
    const active = this.#active.get(id);
    this.#active.delete(id);
    for (const to of ['riders', 'drivers'] as const) {
      // Those who connect again may have it from another gateway.
      const sockets = this.#socketsOf(to).filter((socket) => active === undefined || active.sent.has(socket));
      this.hub.emitLocal(NAMESPACE_OF[to], sockets, 'area:withdrawn', { id });
    }
  }

  /** One lookup for each driver, however many alerts are active. */
  async #deliverToMoved(): Promise<void> {
    const active = [...this.#active.values()];
    const drivers = this.#waitingForAny('drivers', active);
    const riders = this.#waitingForAny('riders', active);
    const ids = new Set(drivers.map(({ data }) => data.userId as string));
    for (const socket of riders) for (const id of this.places.of(socket).drivers) ids.add(id);
    const positions = await this.positions.of(ids);
    for (const one of active) {
      const within = new Set([...positions].flatMap(([id, at]) => (one.coverage.contains(at) ? [id] : [])));
      await this.#sendWithin(one, within, { drivers, riders });
      await this.#record(one);
      // Each alert looks at every position: other requests have their turn in between.
      await setImmediate();
    }
  }

  /** Delivers what is active at the place of one socket. */
  #arrived(to: Receivers, socket: Socket): void {
    this.#sendWithdrawn(to, socket).catch((error: unknown) => this.#failed(error));
    const active = [...this.#active.values()].filter((one) => one.isFor(to) && !one.sent.has(socket));
    if (active.length === 0) return;
    const { drivers } = this.places.of(socket);
    const ids = to === 'drivers' ? [socket.data.userId as string] : drivers;
    this.positions
      .of(ids)
      .then(async (positions) => {
        for (const one of active) {
          const within = new Set(
            [...positions].flatMap(([id, at]) => (one.coverage.contains(at) ? [id] : [])),
          );
          await this.#sendWithin(one, within, { drivers: [], riders: [], [to]: [socket] });
          await this.#record(one);
        }
      })
      .catch((error: unknown) => this.#failed(error));
  }

  /** Sends the withdrawals, of which the client may not know: it may have the alerts from an earlier connection. */
  async #sendWithdrawn(to: Receivers, socket: Socket): Promise<void> {
    const { polls, userId } = socket.data;
    // A poll that is answered each time would never wait.
    for (const id of [...this.#withdrawn.keys()])
      if (polls !== true || (await orUnavailable(this.alerts.forget(id, to, userId))))
        this.hub.emitLocal(NAMESPACE_OF[to], [socket], 'area:withdrawn', { id });
  }

  /** @param within drivers in the area */
  async #sendWithin(
    active: LocalAlert,
    within: ReadonlySet<string>,
    { drivers, riders }: Record<Receivers, Socket[]>,
  ): Promise<void> {
    const isIn = (socket: Socket) => {
      const place = this.places.of(socket);
      return isAtPin(place, active) || [...place.drivers].some((id) => within.has(id));
    };
    await this.#send(
      'drivers',
      active,
      drivers.filter(({ data }) => within.has(data.userId)),
    );
    await this.#send('riders', active, riders.filter(isIn));
  }

  async #send(to: Receivers, active: LocalAlert, sockets: Socket[]): Promise<void> {
    // Chosen before Redis was asked: another turn may have sent it meanwhile, or the alert is not for them.
    const { alert } = active;
    const isOver = !active.isFor(to) || alert.expiresAt <= clock.now() || this.#withdrawn.has(alert.id);
    const isDue = (socket: Socket) =>
      !active.sent.has(socket) && active.isForFleetOf(socket) && socket.connected;
    const due = isOver ? [] : sockets.filter(isDue);
    for (const socket of due) active.sent.add(socket);
    const held = due.filter(({ data }) => data.polls !== true);
    this.#emit(to, active, held);
    for (const { data } of held) active.unrecorded[to].add(data.userId);
    // Each answer to a client that polls is another stream, so only the record shows that it has the alert.
    for (const socket of due.filter(({ data }) => data.polls === true))
      if ((await orUnavailable(this.alerts.reach(active.alert, to, [socket.data.userId]))) > 0)
        this.#emit(to, active, [socket]);
  }

  #emit(to: Receivers, { payload }: LocalAlert, sockets: Socket[]): void {
    this.hub.emitLocal(NAMESPACE_OF[to], sockets, 'area:alert', payload);
  }

  /** Records whom an alert has reached. After a failure, the next turn does it. */
  async #record(active: LocalAlert): Promise<void> {
    const { alert, unrecorded } = active;
    if (active.isFor('dispatchers'))
      for (const { data } of this.#watchersOf(active)) unrecorded.dispatchers.add(data.userId);
    let added = 0;
    for (const [audience, users] of Object.entries(unrecorded) as [Audience, Set<string>][]) {
      const userIds = [...users];
      added += await orUnavailable(this.alerts.reach(alert, audience, userIds));
      for (const userId of userIds) users.delete(userId);
    }
    if (added > 0) this.reach.changed(alert);
  }

  /** Dispatchers at this gateway who watch a region of the area: the feed of the region brings them the alert. */
  #watchersOf({ alert, sent }: LocalAlert): Socket[] {
    const { fleet = null } = alert;
    const rooms = alert.regions.map(regionRoom);
    const watching = this.hub
      .localSockets('/dispatch')
      .map((socket) => socket as unknown as Socket)
      .filter(
        (socket) =>
          socket.data.role === 'dispatcher' &&
          !sent.has(socket) &&
          (fleet === null || (socket.data.fleet ?? fleet) === fleet) &&
          rooms.some((room) => this.rooms.isIn(socket, room)),
      );
    for (const socket of watching) sent.add(socket);
    return watching;
  }

  /** Sockets of one kind at this gateway that an alert is for, and that have not received it. */
  #waiting(to: Receivers, active: LocalAlert): Socket[] {
    return this.#socketsOf(to).filter((socket) => !active.sent.has(socket) && active.isForFleetOf(socket));
  }

  #socketsOf(to: Receivers): Socket[] {
    const namespace = NAMESPACE_OF[to];
    const sockets = this.hub.localSockets(namespace) as unknown as Socket[];
    return [...sockets, ...this.hub.localListeners(namespace)];
  }

  #waitingForAny(to: Receivers, alerts: LocalAlert[]): Socket[] {
    return [...new Set(alerts.flatMap((one) => (one.isFor(to) ? this.#waiting(to, one) : [])))];
  }

  /** @returns null if it is known already, or has expired */
  #add(alert: SentAlert): LocalAlert | null {
    const isKnown = this.#active.has(alert.id) || this.#withdrawn.has(alert.id);
    if (isKnown || alert.expiresAt <= clock.now()) return null;
    const active = new LocalAlert(alert, (...zone) => this.zones.find(...zone));
    this.#active.set(alert.id, active);
    return active;
  }

  /** Joins the room of the gateways until it has succeeded: while Redis is unavailable, it cannot. */
  async #listen(): Promise<void> {
    if (this.#listener?.socket.rooms.has(alertsRoom)) return;
    this.#listener ??= this.hub.listenForNode('/rider', {
      event: ({ event, payload }) => {
        if (event === 'alert:sent') this.#deliver(payload).catch((error: unknown) => this.#failed(error));
        else if (event === 'alert:withdrawn') this.#withdraw(payload.id, payload.expiresAt);
      },
      closed: () => {
        this.#listener = null;
      },
    });
    await this.#listener.join([alertsRoom]).catch((error: unknown) => this.#failed(error));
  }

  #failed(error: unknown): void {
    if (!(error instanceof ProtocolError)) this.#logger.warn(error);
  }
}

const isAtPin = ({ pin }: RiderPlace, { coverage }: LocalAlert): boolean =>
  pin !== null && coverage.contains(pin);
