import { ConnectionLimits } from './connection-limits.js';
import { type EngineConnection, endUnanswered, isOpen, stopPings } from './internals/engine-io.js';
import { sendPing } from './internals/ws.js';

const TICK_MS = 500;

/** Times of pings, ms; both are rounded up to {@link TICK_MS}. */
export type HeartbeatOptions = { pingInterval: number; pingTimeout: number };

/**
 * Pings of all connections of a server, by one timer instead of two for each. A connection is in one of as many slots as there are
 * ticks between two of its pings. Time is counted in ticks, so a process that stood still does not end connections whose answers
 * it has not read yet.
 */
export class Heartbeats {
  readonly #slots: ReadonlyArray<Set<EngineConnection>>;
  readonly #timeoutTicks: number;
  #tick = 0;
  #size = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor({ pingInterval, pingTimeout }: HeartbeatOptions) {
    const ticks = Math.max(2, Math.ceil(pingInterval / TICK_MS));
    // It must be over before the next ping.
    this.#timeoutTicks = Math.min(ticks - 1, Math.ceil(pingTimeout / TICK_MS));
    this.#slots = Array.from({ length: ticks }, () => new Set<EngineConnection>());
  }

  /** Pings a new connection until it ends. */
  add(conn: EngineConnection): void {
    stopPings(conn);
    this.#slots[this.#tick]!.add(conn);
    this.#size += 1;
    this.#timer ??= setInterval(() => this.#turn(), TICK_MS).unref();
  }

  #turn(): void {
    const { length } = this.#slots;
    this.#tick = (this.#tick + 1) % length;
    this.#endUnanswered(this.#slots[(this.#tick + length - this.#timeoutTicks) % length]!);
    this.#ping(this.#slots[this.#tick]!);
    if (this.#size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #ping(slot: Set<EngineConnection>): void {
    for (const conn of slot) {
      if (isOpen(conn)) {
        ConnectionLimits.of(conn).hasAnswered = false;
        sendPing(conn);
      } else if (slot.delete(conn)) this.#size -= 1;
    }
  }

  /** Any packet counts as an answer: on a slow line, the pong may be behind others. */
  #endUnanswered(slot: Set<EngineConnection>): void {
    for (const conn of slot) if (isOpen(conn) && !ConnectionLimits.of(conn).hasAnswered) endUnanswered(conn);
  }
}
