import { io, type Socket } from 'socket.io-client';
import type { DriverPosition, Fix } from '#protocol';
import type { DispatchClient, DriverClient, RiderClient } from '#sdk';
import { placeAt, type Route } from './route.js';

export const INTERVAL_MS = 1_000;
const ECHO_MS = 500;
/** A resent fix is one of this many newest ones. */
const ECHOED = 10;

/** A fix or position with its own time and the time it was received here; epoch ms. */
export type Observation = { t: number; at: number };

/** A driver app, and the fixes that the service has acked. */
export class Driver {
  readonly acked: Observation[] = [];
  rejected = 0;
  node = '';
  /** times that it had no connection */
  outages = 0;
  #lastT = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    readonly id: string,
    readonly client: DriverClient,
    private readonly route: Route,
  ) {
    // By fix, not by batch: a batch can be accepted in part.
    client.on('acked', (fixes) => {
      const at = Date.now();
      for (const { t } of fixes) this.acked.push({ t, at });
    });
    client.on('rejected', () => {
      this.rejected += 1;
    });
    client.on('connection', (state) => {
      if (state.state === 'online') this.node = state.hello.node;
      if (state.state === 'offline') this.outages += 1;
    });
  }

  get newestAcked(): number {
    return this.acked.reduce((newest, { t }) => Math.max(newest, t), 0);
  }

  fixAt(t: number): Fix {
    return { t, ...placeAt(this.route, t) };
  }

  drive(): void {
    this.#timer = setInterval(() => {
      this.#lastT = Math.max(Date.now(), this.#lastT + 1);
      this.client.push(this.fixAt(this.#lastT));
    }, INTERVAL_MS);
  }

  park(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }
}

/** A second device of a driver that keeps resending earlier fixes, which are late or repeated. */
export class Echo {
  readonly #timer: NodeJS.Timeout;

  constructor(
    readonly client: DriverClient,
    driver: Driver,
  ) {
    let n = 0;
    this.#timer = setInterval(() => {
      n += 1;
      const old = driver.acked.at(-1 - (n % ECHOED));
      if (old !== undefined) client.push(driver.fixAt(old.t));
    }, ECHO_MS);
  }

  park(): void {
    clearInterval(this.#timer);
  }
}

/** A rider app that follows its driver, and the positions it received. */
export class Rider {
  readonly received: Observation[] = [];
  gone = 0;
  /** times that it was notified that its driver is offline */
  partnerOffline = 0;
  node = '';
  /** times that it had no connection */
  outages = 0;

  constructor(
    readonly client: RiderClient,
    readonly driver: Driver,
  ) {
    client.on('position', ({ t }) => this.received.push({ t, at: Date.now() }));
    client.on('gone', () => {
      this.gone += 1;
    });
    client.on('presence', ({ online }) => {
      if (!online) this.partnerOffline += 1;
    });
    client.on('connection', (state) => {
      if (state.state === 'online') this.node = state.hello.node;
      if (state.state === 'offline') this.outages += 1;
    });
  }
}

/**
 * A dispatch client that follows the same drivers as the riders, and a stock client beside it: those of the sdk drop what is
 * older than what they have, a stock client records every push.
 */
export class DispatchApp {
  pushes = 0;
  /** pushes older than an earlier one */
  backwards = 0;
  readonly #last = new Map<string, number>();
  readonly #stock: Socket;

  constructor(
    readonly client: DispatchClient,
    { url, token }: { url: string; token: string },
    driverIds: string[],
  ) {
    this.#stock = io(`${url}/dispatch`, {
      forceNew: true,
      transports: ['websocket'],
      auth: { token },
      reconnectionDelay: 100,
      reconnectionDelayMax: 1_000,
    });
    const watchAll = () => {
      for (const driverId of driverIds) this.#stock.emit('driver:watch', { driverId }, () => {});
    };
    this.#stock.on('connect', watchAll);
    this.#stock.on('resync', watchAll);
    this.#stock.on('position', ({ driverId, t }: DriverPosition) => {
      this.pushes += 1;
      // Equal is fine: the current position is pushed again after a takeover.
      if (t < (this.#last.get(driverId) ?? 0)) this.backwards += 1;
      this.#last.set(driverId, t);
    });
  }

  close(): void {
    this.client.close();
    this.#stock.disconnect();
  }
}
