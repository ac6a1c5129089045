import type { Hello } from '#protocol';
import type { ServiceClock } from './clock.js';
import { backoffMs } from './reconnect-policy.js';

/** Share of the remaining lifetime after which a token is renewed; up to SPREAD earlier, so that clients do not all renew at once. */
const RENEW_AT = 0.8;
const SPREAD = 0.1;
/** Lower bound of the pause, however short the lifetime. */
const MIN_MS = 1_000;

/** Renews the token of a connection before it expires, and retries with backoff. */
export class Renewal {
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** counts the connections: an answer on an earlier one is ignored */
  #generation = 0;

  /** @param renew sends a new token to the service; resolves with its expiry, epoch ms by the service's clock */
  constructor(
    private readonly clock: Pick<ServiceClock, 'now'>,
    private readonly renew: () => Promise<number>,
  ) {}

  /** Call it on each new connection. A service that sends no `expiresAt` accepts no renewal either. */
  start({ expiresAt }: Hello): void {
    this.stop();
    if (expiresAt !== undefined) this.#schedule(this.#generation, expiresAt);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#generation += 1;
  }

  #schedule(generation: number, expiresAt: number): void {
    const inMs = (expiresAt - this.clock.now()) * (RENEW_AT - SPREAD * Math.random());
    this.#timer = setTimeout(() => void this.#try(generation, expiresAt, 0), Math.max(MIN_MS, inMs));
  }

  async #try(generation: number, expiresAt: number, attempt: number): Promise<void> {
    const next = await this.renew().catch(() => null);
    if (generation !== this.#generation) return;
    if (next !== null) return this.#schedule(generation, next);
    // The service closes the connection when the token expires, and the next connection brings a new token.
    if (this.clock.now() >= expiresAt) return;
    const inMs = backoffMs(attempt, Math.random());
    this.#timer = setTimeout(() => void this.#try(generation, expiresAt, attempt + 1), inMs);
  }
}
