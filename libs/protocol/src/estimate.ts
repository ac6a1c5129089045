/** A way that is still to be driven, as far as it can be told: in whole metres and seconds. */
export type Estimate = {
  distanceM: number;
  durationS: number;
  /** by the streets that OSRM knows, or by the straight line and the driver's recent pace */
  by: 'osrm' | 'detour';
};
