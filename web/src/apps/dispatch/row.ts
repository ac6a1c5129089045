import type { Vehicle, VehicleState } from '#protocol';

/** A vehicle with its open trip, as list and map show it. `isStale`: it had no signal for too long. */
export type Row = Omit<Vehicle, 'status'> & {
  receivedAt: number;
  /** null at a past time without a known trip: tracks have no status */
  state: VehicleState | null;
  tripId: string | null;
  /** rider of that trip, if it is known here */
  riderId: string | null;
  /** time since the service received the position */
  ageMs: number;
  isStale: boolean;
};

/** A vehicle as it is now. */
export type LiveRow = Row & { state: VehicleState };
