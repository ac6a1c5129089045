import type { Camera } from '../../../shared/map/camera.js';
import type { MapView } from '../../../shared/map/map-view.js';
import type { Row } from '../fleet-store.js';
import type { Replay, TrackHistory } from '../replay/history.js';
import { rowsAt } from '../replay/past.js';
import { FOLLOWED } from './marker-style.js';

/** Duration of the legs of a whole path, which ended before now. */
const LEG_MS = 10;

/** Draws a replay on the map: one driver with its path, or all vehicles of an area with their statuses. */
export class ReplayScene {
  readonly #mapView: MapView;
  readonly #camera: Camera;
  readonly #styleOf: (row: Row) => number;
  #shown: Replay | null = null;
  #rows: readonly Row[] = [];
  /** fix time given to the overlay, which ignores older fixes: it must grow even while the replay runs backwards */
  #fixT = 0;

  /** @param styleOf returns the status code of a vehicle of an area */
  constructor(mapView: MapView, camera: Camera, styleOf: (row: Row) => number) {
    this.#mapView = mapView;
    this.#camera = camera;
    this.#styleOf = styleOf;
  }

  /** Kind of the current replay; null while the map is live. */
  get subject(): Replay['subject']['kind'] | null {
    return this.#shown?.subject.kind ?? null;
  }

  /** Vehicles on the map at the moment that is shown. */
  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** Draws a moment of a replay, or none. @returns whether another replay than before is shown, or the live map again */
  show(replay: Replay | null): boolean {
    const previous = this.#shown;
    this.#shown = replay;
    const hasChanged = previous?.histories !== replay?.histories;
    if (hasChanged) this.#clear(previous, replay);
    this.#rows = replay === null ? [] : rowsAt(replay);
    if (replay === null) return hasChanged;
    const { overlay } = this.#mapView;
    const isOfDriver = replay.subject.kind === 'driver';
    if (isOfDriver && hasChanged) drawPath(this.#mapView, replay.histories[0]!);
    const motion = isOfDriver ? overlay.followed : overlay.fleet;
    for (const row of this.#rows) this.#place(motion, row, isOfDriver ? FOLLOWED : this.#styleOf(row));
    motion.keepOnly(new Set(this.#rows.map(({ id }) => id)), performance.now());
    if (isOfDriver && hasChanged) this.#camera.follow(true);
    overlay.invalidate();
    return hasChanged;
  }

  #place(motion: MapView['overlay']['fleet'], row: Row, status: number): void {
    this.#fixT += 1;
    const state = { ...this.#mapView.plane.from(row), heading: row.heading, status };
    motion.put(row.id, state, this.#fixT, performance.now());
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
