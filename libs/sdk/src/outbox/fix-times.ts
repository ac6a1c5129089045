import type { Fix } from '#protocol';
import type { ServiceClock } from '../connection/clock.js';

/** Facts about a fix from the time of its report. */
type Seen = {
  /** age by the device's clock */
  ageMs: number;
  /** correction of the device's clock; null if it was not known then */
  correctionMs: number | null;
};

/**
 * Times of fixes by the service's clock. Each fix is corrected by what the device's clock was off when the app reported it,
 * even if that clock is set before the fix is sent; if nothing was known then, by what it is off when the fix is sent.
 */
export class FixTimes {
  readonly #seen = new WeakMap<Fix, Seen>();

  constructor(private readonly clock: ServiceClock) {}

  /** Call it with each fix when the app reports it. */
  note(fix: Fix): void {
    const correctionMs = this.clock.isMeasured ? this.clock.correctionMs : null;
    this.#seen.set(fix, { ageMs: Date.now() - fix.t, correctionMs });
  }

  /** Returns the fix as it is sent: the same, or a copy with another time. */
  corrected(fix: Fix): Fix {
    // Nothing is known of a fix that an earlier run of the app has left.
    const { ageMs = 0, correctionMs = null } = this.#seen.get(fix) ?? {};
    const byMs = correctionMs ?? this.clock.correctionMs;
    if (byMs === 0 || isTimeOfSatellites(ageMs, byMs)) return fix;
    return { ...fix, t: Math.round(fix.t + byMs) };
  }
}

/**
 * Whether a fix has the time of the satellites, as on Android, which is right whatever the device's clock says: then the
 * fix is fresh by the service's clock, and old or in the future by the device's.
 */
const isTimeOfSatellites = (ageMs: number, byMs: number): boolean =>
  Math.abs(ageMs + byMs) * 4 < Math.abs(ageMs);
