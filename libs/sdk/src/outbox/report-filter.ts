import { distanceM } from '#geo';
import { FASTEST, type Fix, type Sampling } from '#protocol';

/** Devices do not tick exactly; a fix this much too early is in time. */
const EARLY_MS = 100;
/** However little a car moves, it is heard after so many intervals: a silent one would be taken for gone. */
const MAX_INTERVALS = 2;

/** Chooses, of all fixes of a device, those that are due at the pace that the service asked for. Without a clock of its own. */
export class ReportFilter {
  #sampling = FASTEST;
  #sent: Fix | null = null;
  #newest: Fix | null = null;

  /** @returns the fix when it is to be sent, otherwise null */
  take(fix: Fix): Fix | null {
    this.#newest = fix;
    return this.#due();
  }

  /** @returns the newest fix when it is due at the new pace, otherwise null */
  become(sampling: Sampling): Fix | null {
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
  // A clock that was set back must not silence its device.
  const passedMs = Math.abs(fix.t - sent.t) + EARLY_MS;
  if (passedMs < intervalMs) return false;
  return passedMs >= MAX_INTERVALS * intervalMs || distanceM(sent, fix) >= minDistanceM;
}
