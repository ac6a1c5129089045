import type { PublishedVersion, Role, VersionInfo, ZoneKind } from '#protocol';

const RIDER_KINDS: readonly ZoneKind[] = ['service_area', 'no_pickup', 'no_dropoff', 'pickup_points'];
/** Kinds that the apps of riders and drivers may know; missing for a role that sees everything. */
const KINDS: Partial<Record<Role, ReadonlySet<ZoneKind>>> = {
  rider: new Set(RIDER_KINDS),
  driver: new Set([...RIDER_KINDS, 'queue', 'no_go', 'surge']),
};

/** Encoded views of versions, which never change. */
const views = new WeakMap<PublishedVersion, Map<Role, string>>();

/** Returns the part of a version that a role may see: for riders and drivers, without staff and what is for staff. */
export function viewFor(role: Role, version: PublishedVersion): PublishedVersion {
  const kinds = KINDS[role];
  if (kinds === undefined) return version;
  const zones = version.zones
    .filter(({ kind }) => kinds.has(kind))
    .map((zone) => ({ ...zone, updatedBy: '' }));
  return { ...infoFor(role, version), zoneCount: zones.length, zones };
}

/** Returns {@link viewFor} as JSON, encoded once for each version and role. */
export function encodedViewFor(role: Role, version: PublishedVersion): string {
  const known = views.get(version) ?? new Map<Role, string>();
  views.set(version, known);
  const encoded = known.get(role) ?? JSON.stringify(viewFor(role, version));
  known.set(role, encoded);
  return encoded;
}

/** Returns the description of a version that a role may see. */
export const infoFor = <V extends VersionInfo>(role: Role, info: V): V =>
  KINDS[role] === undefined ? info : { ...info, by: '', comment: '' };
