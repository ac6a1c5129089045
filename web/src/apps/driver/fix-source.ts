import type { Fix, Position, Trip } from '#protocol';
import { geolocationFixes } from '#sdk';
import { Awake } from './awake.js';
import { DemoDrive, someCorner } from './demo-drive.js';
import type { Source } from './state.js';

const SOURCE_KEY = 'hexfleet-driver-source';

/** Where a shift's fixes come from: the device, or a demo drive. The screen stays on meanwhile. */
export class FixSource {
  readonly awake = new Awake();
  /** what this tab takes them from, until it is told otherwise */
  readonly first: Source;
  readonly #demo: DemoDrive;
  #following: AbortController | null = null;

  /** @param query of the page: `at=lat,lng` is where a demo drive begins */
  constructor(userId: string, query: URLSearchParams) {
    const wanted = query.has('at') || query.has('online') ? 'demo' : sessionStorage.getItem(SOURCE_KEY);
    this.first = wanted === 'device' ? 'device' : 'demo';
    const at = query.get('at');
    // Another place in the address is another drive.
    this.#demo = new DemoDrive(placeOf(at) ?? someCorner(), `hexfleet-driver-place-${userId}-${at ?? ''}`);
  }

  /** Also in this tab when it is loaded anew. */
  keep(source: Source): void {
    sessionStorage.setItem(SOURCE_KEY, source);
  }

  /** @param onEnd when the device gives no position, and why */
  start(source: Source, onFix: (fix: Fix) => void, onEnd: (why: unknown) => void): void {
    this.#end();
    this.awake.want(true);
    if (source === 'demo') this.#demo.start(onFix);
    else this.#followDevice(onFix, onEnd);
  }

  stop(): void {
    this.#end();
    this.awake.want(false);
  }

  /** A demo drive goes where the trip wants it. */
  serve(trip: Trip | null): void {
    this.#demo.serve(trip);
  }

  #followDevice(onFix: (fix: Fix) => void, onEnd: (why: unknown) => void): void {
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

function placeOf(at: string | null): Position | null {
  const [lat, lng] = (at ?? '').split(',').map(Number);
  return Number.isFinite(lat) && Number.isFinite(lng) && at !== null ? { lat: lat!, lng: lng! } : null;
}
