import { bearing, distanceM } from '#geo';
import type { Position, Track } from '#protocol';

/** Nearer than this a receiver that stands is off; it says nothing of where the car looks. */
const NOISE_M = 5;

/** Where a driver was at a time, straight between two fixes; null for a track without a way. @param at epoch ms */
export function placeAt(track: Track, at: number): (Position & { heading: number }) | null {
  const { geometry, properties } = track;
  if (geometry?.type !== 'LineString') return null;
  const { times } = properties;
  const next = times.findIndex((t) => t > at);
  const to = next === -1 ? times.length - 1 : Math.max(1, next);
  const [from, end] = [positionOf(geometry.coordinates[to - 1]!), positionOf(geometry.coordinates[to]!)];
  const [fromT, toT] = [times[to - 1]!, times[to]!];
  const f = toT > fromT ? Math.max(0, Math.min(1, (at - fromT) / (toT - fromT))) : 1;
  return {
    lat: from.lat + (end.lat - from.lat) * f,
    lng: from.lng + (end.lng - from.lng) * f,
    heading: distanceM(from, end) < NOISE_M ? headingBefore(geometry.coordinates, to) : bearing(from, end),
  };
}

function headingBefore(line: Array<[lng: number, lat: number]>, to: number): number {
  const end = positionOf(line[to]!);
  for (let i = to - 1; i >= 0; i -= 1) {
    const from = positionOf(line[i]!);
    if (distanceM(from, end) >= NOISE_M) return bearing(from, end);
  }
  return 0;
}

const positionOf = ([lng, lat]: [lng: number, lat: number]): Position => ({ lat, lng });
