/** A way that is still to be driven, as far as it can be told: in whole metres and seconds. */
export type Estimate = {
  /** how far it is to drive, metres */
  distanceM: number;
  /** how long it takes, seconds */
  durationS: number;
  /** by the streets that OSRM knows, or by the straight line and the driver's recent pace */
  by: 'osrm' | 'detour';
};
