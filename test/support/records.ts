import { type LastFix, rounded } from '#geo';
import { indexCell } from '#geo/cells';
import type { DriverRecord } from '#store';

/** A fix as it is kept, of a car of which nothing else is known. */
export const lastFixAt = (t: number, position: { lat: number; lng: number }): LastFix => {
  const lat = rounded(position.lat);
  const lng = rounded(position.lng);
  return {
    t,
    lat,
    lng,
    accuracyM: null,
    heading: 0,
    speedMps: 0,
    anchor: { t, lat, lng },
    held: null,
  };
};

/** The record of a driver that is present and available, and was heard when its fix was taken. */
export const recordAt = (
  driverId: string,
  t: number,
  position: { lat: number; lng: number },
  change: Partial<DriverRecord> = {},
): DriverRecord => ({
  ...lastFixAt(t, position),
  driverId,
  status: 'available',
  cell: indexCell({ lat: rounded(position.lat), lng: rounded(position.lng) }),
  present: true,
  shift: 0,
  statusAt: 0,
  counts: { late: 0, repeated: 0, implausible: 0, refused: 0 },
  version: t * 1_000,
  ...change,
});
