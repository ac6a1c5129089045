import type { Track } from '#protocol';
import type { MapView } from './map-view.js';
import type { Position } from './plane.js';

/** So long after the track was read a leg of it has certainly been driven. */
const PAST_MS = 10;
/** A newer position than the last of the track belongs to it: it is on its way to the service. */
const NEXT_MS = 30_000;

/**
 * Draws what was driven before the page looked: all of it again, with what was missed.
 * @param gotInAt when the rider got in, epoch ms; the way until then is drawn paler
 * @param last where the car is now, if the page knows that better than the service
 */
export function drawWay(
  { overlay, plane }: MapView,
  { geometry, properties }: Track,
  gotInAt = Number.POSITIVE_INFINITY,
  last?: Position & { t: number },
): void {
  if (geometry?.type !== 'LineString') return;
  const now = performance.now();
  const late = new Set(properties.late);
  const points = geometry.coordinates
    .map(([lng, lat], i) => ({ ...plane.from({ lat, lng }), t: properties.times[i]!, i }))
    .filter(({ i }) => !late.has(i));
  const lastT = points.at(-1)?.t ?? 0;
  if (last !== undefined && last.t > lastT && last.t < lastT + NEXT_MS)
    points.push({ ...plane.from(last), t: last.t, i: points.length });
  overlay.route.clear(now - PAST_MS);
  points.slice(1).forEach((to, i) => {
    const leg = { from: points[i]!, to, fromT: now - PAST_MS, toT: now - 1 };
    overlay.route.advance(leg, to.t > gotInAt ? 1 : 0);
  });
  overlay.invalidate();
}
