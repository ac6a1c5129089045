import type { Vehicle, VehicleState } from '#protocol';

/** A vehicle with its open trip, as list and map show it. `isStale`: it had no signal for too long. */
export type Row = Omit<Vehicle, 'status'> & {
  receivedAt: number;
  state: VehicleState;
  tripId: string | null;
  /** time since the service received the position */
  ageMs: number;
  isStale: boolean;
};
