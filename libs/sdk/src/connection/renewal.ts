import type { Hello } from '#protocol';
import { backoffMs } from './backoff.js';

/** A token is renewed when this much of its remaining life is over, and up to SPREAD sooner: not all apps at once. */
const AT = 0.8;
const SPREAD = 0.1;
/** However short it still is. */
const MIN_MS = 1_000;

/** Brings a connection a new token before the one that it has expires; again after a while when that fails. */
export class Renewal {
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** counts the connections: an answer on an earlier one is no news */
  #turn = 0;

  /** @param renew gets a new token accepted, and tells when that expires, epoch ms by the service's clock */
  constructor(private readonly renew: () => Promise<number>) {}

  /** On each new connection. A service that does not say when a token expires takes no new one either. */
  start({ now, expiresAt }: Hello): void {
    this.stop();
    if (expiresAt === undefined) return;
    const offsetMs = now - performance.now();
    this.#plan(this.#turn, expiresAt, () => offsetMs + performance.now());
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#turn += 1;
  }

  #plan(turn: number, expiresAt: number, now: () => number): void {
    const inMs = (expiresAt - now()) * (AT - SPREAD * Math.random());
    this.#timer = setTimeout(() => void this.#try(turn, expiresAt, now, 0), Math.max(MIN_MS, inMs));
  }

  async #try(turn: number, expiresAt: number, now: () => number, attempt: number): Promise<void> {
    const next = await this.renew().catch(() => null);
    if (turn !== this.#turn) return;
    if (next !== null) return this.#plan(turn, next, now);
    // At the end of the token the service ends the connection, and a new one brings a new token.
    if (now() >= expiresAt) return;
    const inMs = backoffMs(attempt, Math.random());
    this.#timer = setTimeout(() => void this.#try(turn, expiresAt, now, attempt + 1), inMs);
  }
}
