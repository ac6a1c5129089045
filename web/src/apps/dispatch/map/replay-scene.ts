import type { Camera } from '../../../shared/map/camera.js';
import type { MapView } from '../../../shared/map/map-view.js';
import type { Replay } from '../replay/history.js';
import { placeAt, type TrackHistory } from '../replay/history.js';
import { FOLLOWED } from './marker-style.js';

const PAST_MS = 10;

/** The past on the map: one driver with its way, or all of an area. */
export class ReplayScene {
  readonly #ground: MapView;
  readonly #camera: Camera;
  #shown: Replay | null = null;
  /** each place is newer than the one before, whichever way the time goes */
  #places = Date.now();

  constructor(ground: MapView, camera: Camera) {
    this.#ground = ground;
    this.#camera = camera;
  }

  get subject(): Replay['subject']['kind'] | null {
    return this.#shown?.subject.kind ?? null;
  }

  /** @returns whether another past is shown than before, or now instead */
  show(replay: Replay | null): boolean {
    const before = this.#shown;
    this.#shown = replay;
    const isAnother = before?.pasts !== replay?.pasts;
    if (isAnother) this.#clear(before, replay);
    if (replay === null) return isAnother;
    const { overlay } = this.#ground;
    if (replay.subject.kind === 'driver') {
      const past = replay.pasts[0]!;
      if (isAnother) drawWay(this.#ground, past);
      this.#place(overlay.followed, past, replay.at);
      if (isAnother) this.#camera.follow(true);
    } else for (const past of replay.pasts) this.#place(overlay.fleet, past, replay.at);
    overlay.invalidate();
    return isAnother;
  }

  #place(motion: MapView['overlay']['fleet'], past: TrackHistory, at: number): void {
    const now = performance.now();
    const place = placeAt(past, at);
    if (place === null) {
      motion.remove(past.driverId, now);
      return;
    }
    this.#places += 1;
    const state = { ...this.#ground.plane.from(place), heading: place.heading, status: FOLLOWED };
    motion.put(past.driverId, state, this.#places, now);
  }

  /** What is shown now, or was shown of another past. */
  #clear(before: Replay | null, next: Replay | null): void {
    const { overlay } = this.#ground;
    const now = performance.now();
    overlay.followed.keepOnly(new Set(), now);
    overlay.route.clear(now);
    if (before?.subject.kind === 'area' || next?.subject.kind === 'area')
      overlay.fleet.keepOnly(new Set(), now);
  }
}

/** The whole way at once, as driven before now. */
export function drawWay({ overlay, plane }: MapView, { line }: Pick<TrackHistory, 'line'>): void {
  const now = performance.now();
  const points = line.map(([lng, lat]) => plane.from({ lat, lng }));
  overlay.route.clear(now - PAST_MS);
  points.slice(1).forEach((to, i) => {
    overlay.route.advance({ from: points[i]!, to, fromT: now - PAST_MS, toT: now - 1 }, 0);
  });
  overlay.invalidate();
}
