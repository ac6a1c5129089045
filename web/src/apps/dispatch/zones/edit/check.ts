import type { LngLat, PickupPoint, ZoneDraft } from '#sdk';
import { problemsOfPolygons } from '#zones';
import { faultText } from './change-texts.js';
import { TEXTS } from './texts.js';

/** A fault of a zone in words; `field` is where the form shows it. */
export type Problem = { field: 'name' | 'border' | 'points'; text: string; place?: LngLat };

/** Returns what keeps a zone from being published. The service checks the rest when zones are compared. */
export function problemsOf(zone: ZoneDraft, others: readonly ZoneDraft[]): Problem[] {
  const problems: Problem[] = problemsOfPolygons(zone.polygons).map(({ reason, place }) => ({
    field: 'border',
    text: TEXTS.fault(faultText(reason)),
    ...(place === undefined ? {} : { place }),
  }));
  const name = zone.name.toLowerCase();
  if (
    others.some(
      ({ id, kind, ...other }) => id !== zone.id && kind === zone.kind && other.name.toLowerCase() === name,
    )
  )
    problems.push({ field: 'name', text: TEXTS.sameName });
  const { points } = zone.rules as { points?: PickupPoint[] };
  if (zone.kind === 'pickup_points' && (points ?? []).length === 0)
    problems.push({ field: 'points', text: TEXTS.noPoints });
  return problems;
}
