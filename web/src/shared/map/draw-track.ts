import type { Track } from '#protocol';
import type { MapView } from './map-view.js';
import type { Position } from './plane.js';

/** Duration of the legs drawn from a track; they ended before now, so they are drawn in full. */
const LEG_MS = 10;
/** A page position up to this much newer than the track continues it: the service has not stored it yet. */
const NEXT_MS = 30_000;

/**
 * Draws the path driven so far from the stored track, and replaces what the page has drawn.
 * @param pickedUpAt when the rider was picked up, epoch ms; the path before that is drawn paler
 * @param last the page's latest position of the car, if it is newer than the track
 */
export function drawTrack(
  { overlay, plane }: MapView,
  { geometry, properties }: Track,
  pickedUpAt = Number.POSITIVE_INFINITY,
  last?: Position & { t: number },
): void {
  if (geometry?.type !== 'LineString') return;
  const now = performance.now();
  const points = geometry.coordinates.map(([lng, lat], i) => ({
    ...plane.from({ lat, lng }),
    t: properties.times[i]!,
  }));
  const lastT = points.at(-1)?.t ?? 0;
  if (last !== undefined && last.t > lastT && last.t < lastT + NEXT_MS)
    points.push({ ...plane.from(last), t: last.t });
  overlay.route.clear(now - LEG_MS);
  points.slice(1).forEach((to, i) => {
    const leg = { from: points[i]!, to, fromT: now - LEG_MS, toT: now - 1 };
    overlay.route.advance(leg, to.t > pickedUpAt ? 1 : 0);
  });
  overlay.invalidate();
}
