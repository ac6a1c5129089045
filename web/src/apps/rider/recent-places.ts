import type { FoundPlace } from '#protocol';
import { keep, kept } from '../../shared/live/browser-storage.js';

const MAX_RECENT = 6;
const keyOf = (userId: string): string => `hexfleet-recent-${userId}`;

/** Places that this rider chose by search on this device, the last one first. */
export function recentPlaces(userId: string): FoundPlace[] {
  try {
    const places: unknown = JSON.parse(kept(keyOf(userId)) ?? '[]');
    return Array.isArray(places) ? places.filter(isPlace).slice(0, MAX_RECENT) : [];
  } catch {
    return [];
  }
}

export function addRecent(userId: string, place: FoundPlace): void {
  const others = recentPlaces(userId).filter(({ lat, lng }) => lat !== place.lat || lng !== place.lng);
  keep(keyOf(userId), JSON.stringify([place, ...others].slice(0, MAX_RECENT)));
}

const isPlace = (value: unknown): value is FoundPlace => {
  const { name, lat, lng } = (value ?? {}) as Partial<FoundPlace>;
  return typeof name === 'string' && Number.isFinite(lat) && Number.isFinite(lng);
};
