import type { Fix, Position, Trip } from '#protocol';
import { geolocationFixes } from '#sdk';
import { hasFlag, parameter } from '../../shared/live/address.js';
import { store, stored } from '../../shared/live/storage.js';
import { DemoDrive, randomCorner } from './demo-drive.js';
import type { Source } from './state.js';
import { ScreenWakeLock } from './wake-lock.js';

const SOURCE_KEY = 'hexfleet-driver-source';

/** Fixes of a shift, from the device or from a demo drive. Keeps the screen on meanwhile. */
export class FixSource {
  readonly wakeLock = new ScreenWakeLock();
  /** source at the start, as stored by this tab */
  readonly initial: Source;
  readonly #demo: DemoDrive;
  #following: AbortController | null = null;

  /** @param query of the page: with `at=lat,lng` a demo drive starts there, which a link chooses only for visitors of the demo */
  constructor(userId: string, query: URLSearchParams, isDemo: boolean) {
    const isScripted = isDemo && (query.has('at') || hasFlag(query, 'online'));
    const source = isScripted ? 'demo' : stored(SOURCE_KEY);
    this.initial = source === 'device' ? 'device' : 'demo';
    const at = parameter(query, 'at');
    // A different place in the address starts a different drive.
    this.#demo = new DemoDrive(
      parsePlace(at) ?? randomCorner(),
      `hexfleet-driver-place-${userId}-${at ?? ''}`,
    );
  }

  /** Stores the source for reloads of this tab. */
  store(source: Source): void {
    store(SOURCE_KEY, source);
  }

  /** @param onEnd called with the reason when the device reports no position */
  start(source: Source, onFix: (fix: Fix) => void, onEnd: (reason: unknown) => void): void {
    this.#end();
    this.wakeLock.setWanted(true);
    if (source === 'demo') this.#demo.start(onFix);
    else this.#followDevice(onFix, onEnd);
  }

  stop(): void {
    this.#end();
    this.wakeLock.setWanted(false);
  }

  /** Makes a demo drive follow the trip. */
  serve(trip: Trip | null): void {
    this.#demo.serve(trip);
  }

  #followDevice(onFix: (fix: Fix) => void, onEnd: (reason: unknown) => void): void {
    const following = new AbortController();
    this.#following = following;
    const follow = async () => {
      for await (const fix of geolocationFixes({ signal: following.signal })) onFix(fix);
    };
    follow().catch((error: unknown) => {
      if (!following.signal.aborted) onEnd(error);
    });
  }

  #end(): void {
    this.#following?.abort();
    this.#following = null;
    this.#demo.stop();
  }
}

function parsePlace(at: string | null): Position | null {
  const [lat, lng] = (at ?? '').split(',').map(Number);
  return Number.isFinite(lat) && Number.isFinite(lng) && at !== null ? { lat: lat!, lng: lng! } : null;
}
