import type { Fix } from '#protocol';
import type { DispatchClient, DriverClient, RiderClient } from '#sdk';
import { placeAt, type Route } from './route.js';

export const INTERVAL_MS = 1_000;
const ECHO_MS = 500;
/** An echo is one of so many newest fixes. */
const ECHOED = 10;

/** One fix or position, by its own time and by when this process heard of it; epoch ms. */
export type Heard = { t: number; at: number };

/** An app of a driver, and which of its fixes the service has acked. */
export class Driver {
  readonly acked: Heard[] = [];
  rejected = 0;
  node = '';
  #lastT = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    readonly id: string,
    readonly client: DriverClient,
    private readonly route: Route,
  ) {
    // By the fix, not by the batch: a batch can be taken in part.
    client.on('acked', (fixes) => {
      const at = Date.now();
      for (const { t } of fixes) this.acked.push({ t, at });
    });
    client.on('rejected', () => {
      this.rejected += 1;
    });
    client.on('connection', (state) => {
      if (state.state === 'online') this.node = state.hello.node;
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

/** A second device of a driver, which sends what the service has had already: late and repeated fixes, all the time. */
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

/** An app of a rider that follows its driver, and what it got to see. */
export class Rider {
  readonly received: Heard[] = [];
  gone = 0;
  node = '';

  constructor(
    readonly client: RiderClient,
    readonly driver: Driver,
  ) {
    client.on('position', ({ t }) => this.received.push({ t, at: Date.now() }));
    client.on('gone', () => {
      this.gone += 1;
    });
    client.on('connection', (state) => {
      if (state.state === 'online') this.node = state.hello.node;
    });
  }
}

/** A dispatch desk that follows what riders follow. The rider's client drops what is older; the desk's shows all. */
export class Desk {
  pushes = 0;
  /** pushes that were older than one before */
  backwards = 0;
  readonly #last = new Map<string, number>();

  constructor(readonly client: DispatchClient) {
    client.on('position', ({ driverId, t }) => {
      this.pushes += 1;
      // Equal is right: after a take-over the present position is told once more.
      if (t < (this.#last.get(driverId) ?? 0)) this.backwards += 1;
      this.#last.set(driverId, t);
    });
  }
}
