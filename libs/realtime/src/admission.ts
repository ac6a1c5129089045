import PQueue from 'p-queue';
import type { Server } from 'socket.io';
import { ProtocolError } from '#protocol';

/** Connections admitted per second: a crowd leaves most of the time of a gateway to the clients that it has. */
export const ADMITTED_PER_S = 300;
const INTERVAL_MS = 100;
/** Admissions in progress at the same time. */
const MAX_AT_ONCE = 30;
/** Clients that wait; the last one is admitted before Socket.IO gives up waiting. */
const MAX_WAITING = 1_000;

/** Refuses a client because too many others wait. */
export class GatewayBusyError extends ProtocolError {
  /** @param retryInMs time after which the client may try again */
  constructor(readonly retryInMs: number) {
    super('GATEWAY_BUSY');
  }
}

/** Admission of connections to a gateway, at a bounded rate: when others fail, their clients all connect at once. */
export class Admission {
  static readonly #of = new WeakMap<Server, Admission>();
  readonly #queue = new PQueue({
    concurrency: MAX_AT_ONCE,
    interval: INTERVAL_MS,
    intervalCap: (ADMITTED_PER_S * INTERVAL_MS) / 1_000,
  });

  /** Returns the admission that all namespaces of a server share. */
  static of(server: Server): Admission {
    const known = Admission.#of.get(server);
    if (known !== undefined) return known;
    const admission = new Admission();
    Admission.#of.set(server, admission);
    return admission;
  }

  /** Runs the work of one connection in its turn. @throws {GatewayBusyError} when too many wait */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#queue.size >= MAX_WAITING) throw new GatewayBusyError(this.#retryInMs());
    return this.#queue.add(work);
  }

  /** When those that wait now are admitted, spread over as long again. */
  #retryInMs(): number {
    return Math.round((MAX_WAITING / ADMITTED_PER_S) * 1_000 * (1 + Math.random()));
  }
}
