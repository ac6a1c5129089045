/** Token bucket: `burst` tokens, refilled at `perSecond`. */
export type RateLimitPolicy = { readonly burst: number; readonly perSecond: number };

/**
 * Rate limiter of one user, connection or key, as a token bucket in memory. It answers at once: a packet must be counted,
 * and its connection closed, before the next packet of the same POST is decoded. Limiters of `rate-limiter-flexible`
 * return promises and count in fixed windows, which admit up to twice the limit around the end of a window.
 */
export class RateLimiter {
  #tokens: number;
  #refilledAt: number;

  /** @param now epoch ms */
  constructor(
    private readonly policy: RateLimitPolicy,
    now: number,
  ) {
    this.#tokens = policy.burst;
    this.#refilledAt = now;
  }

  /** Takes tokens. @returns false, and takes none, when fewer than the cost are left */
  take(now: number, cost = 1): boolean {
    this.#refill(now);
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }

  /** Whether no token is missing. */
  isFull(now: number): boolean {
    this.#refill(now);
    return this.#tokens === this.policy.burst;
  }

  /** Number of tokens left. */
  tokens(now: number): number {
    this.#refill(now);
    return this.#tokens;
  }

  #refill(now: number): void {
    // A clock that is set back removes no tokens.
    const elapsedMs = Math.max(0, now - this.#refilledAt);
    const { burst, perSecond } = this.policy;
    this.#tokens = Math.min(burst, this.#tokens + (elapsedMs * perSecond) / 1_000);
    this.#refilledAt = now;
  }
}
