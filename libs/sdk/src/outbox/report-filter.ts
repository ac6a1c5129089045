import { distanceM } from '#geo';
import { FASTEST, type Fix, type Sampling } from '#protocol';

/** Tolerance for a device whose clock is not exact. */
const EARLY_MS = 100;
/** Intervals after which a fix is due even if the car has not moved; otherwise it would count as gone. */
const MAX_INTERVALS = 2;

/** Selects the fixes that are due at the update interval of the service. Uses the time of the fixes only. */
export class ReportFilter {
  #sampling = FASTEST;
  #sent: Fix | null = null;
  #newest: Fix | null = null;

  /** @returns the fix when it is due, otherwise null */
  take(fix: Fix): Fix | null {
    this.#newest = fix;
    return this.#due();
  }

  /** @returns the newest fix when it is due at the new interval, otherwise null */
  setSampling(sampling: Sampling): Fix | null {
    this.#sampling = sampling;
    return this.#due();
  }

  #due(): Fix | null {
    if (this.#newest === this.#sent || !isDue(this.#sent, this.#newest!, this.#sampling)) return null;
    this.#sent = this.#newest;
    return this.#sent;
  }
}

function isDue(sent: Fix | null, fix: Fix, { intervalMs, minDistanceM }: Sampling): boolean {
  if (sent === null) return true;
  // A clock that is set back must not silence its device.
  const passedMs = Math.abs(fix.t - sent.t) + EARLY_MS;
  if (passedMs < intervalMs) return false;
  return passedMs >= MAX_INTERVALS * intervalMs || distanceM(sent, fix) >= minDistanceM;
}
