import type { ZoneDraft, ZonesComparison } from '#sdk';
import type { DrawnZone } from '../layer/features.js';

/** A comparison that the side column shows; `version` is null for the draft. */
export type Compared = { comparison: ZonesComparison; version: number | null };

/** Returns how a comparison is drawn: what changes marked above what stays, and faults at their places. */
export function drawnComparison(
  { comparison, version }: Compared,
  draft: readonly ZoneDraft[],
): { resting: DrawnZone[]; active: DrawnZone[] } {
  const { added, changed, removed, problems } = comparison;
  const faults = new Map(problems.flatMap(({ zoneId, place }) => (place ? [[zoneId, place] as const] : [])));
  const withFault = (zone: DrawnZone): DrawnZone => {
    const fault = faults.get(zone.id);
    return fault === undefined ? zone : { ...zone, fault };
  };
  const ids = new Set([...added, ...changed.map(({ after }) => after)].map(({ id }) => id));
  const stays = version === null ? draft.filter(({ id }) => !ids.has(id)) : [];
  return {
    resting: stays.map(withFault),
    active: [
      ...removed.map((zone) => ({ ...zone, change: 'removed' as const })),
      ...changed.map(({ before }) => ({ ...before, change: 'before' as const })),
      ...changed.map(({ after }) => withFault({ ...after, change: 'changed' })),
      ...added.map((zone) => withFault({ ...zone, change: 'added' })),
    ],
  };
}
