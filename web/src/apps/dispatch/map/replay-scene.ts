import type { Camera } from '../../../shared/map/camera.js';
import type { MapView } from '../../../shared/map/map-view.js';
import { positionAt, type Replay, type TrackHistory } from '../replay/history.js';
import { FOLLOWED } from './marker-style.js';

/** Duration of the legs of a whole path, which ended before now. */
const LEG_MS = 10;

/** Draws a replay on the map: one driver with its path, or all vehicles of an area. */
export class ReplayScene {
  readonly #mapView: MapView;
  readonly #camera: Camera;
  #shown: Replay | null = null;
  /** fix time given to the overlay, which ignores older fixes: it must grow even while the replay runs backwards */
  #fixT = 0;

  constructor(mapView: MapView, camera: Camera) {
    this.#mapView = mapView;
    this.#camera = camera;
  }

  /** Kind of the current replay; null while the map is live. */
  get subject(): Replay['subject']['kind'] | null {
    return this.#shown?.subject.kind ?? null;
  }

  /** Draws a moment of a replay, or none. @returns whether another replay than before is shown, or the live map again */
  show(replay: Replay | null): boolean {
    const previous = this.#shown;
    this.#shown = replay;
    const hasChanged = previous?.histories !== replay?.histories;
    if (hasChanged) this.#clear(previous, replay);
    if (replay === null) return hasChanged;
    const { overlay } = this.#mapView;
    if (replay.subject.kind === 'driver') {
      const history = replay.histories[0]!;
      if (hasChanged) drawPath(this.#mapView, history);
      this.#place(overlay.followed, history, replay.at);
      if (hasChanged) this.#camera.follow(true);
    } else for (const history of replay.histories) this.#place(overlay.fleet, history, replay.at);
    overlay.invalidate();
    return hasChanged;
  }

  #place(motion: MapView['overlay']['fleet'], history: TrackHistory, at: number): void {
    const now = performance.now();
    const position = positionAt(history, at);
    if (position === null) {
      motion.remove(history.driverId, now);
      return;
    }
    this.#fixT += 1;
    const state = { ...this.#mapView.plane.from(position), heading: position.heading, status: FOLLOWED };
    motion.put(history.driverId, state, this.#fixT, now);
  }

  /** Removes the live vehicles, or those of the previous replay. */
  #clear(previous: Replay | null, next: Replay | null): void {
    const { overlay } = this.#mapView;
    const now = performance.now();
    overlay.followed.keepOnly(new Set(), now);
    overlay.route.clear(now);
    if (previous?.subject.kind === 'area' || next?.subject.kind === 'area')
      overlay.fleet.keepOnly(new Set(), now);
  }
}

/** Draws a whole path at once, as already driven. */
export function drawPath({ overlay, plane }: MapView, { line }: Pick<TrackHistory, 'line'>): void {
  const now = performance.now();
  const points = line.map(([lng, lat]) => plane.from({ lat, lng }));
  overlay.route.clear(now - LEG_MS);
  points.slice(1).forEach((to, i) => {
    overlay.route.advance({ from: points[i]!, to, fromT: now - LEG_MS, toT: now - 1 }, 0);
  });
  overlay.invalidate();
}
