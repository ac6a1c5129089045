import { z } from 'zod';
import { Id, Position } from './schemas.js';

/** The annotations let a page that only asks `isOpen` be built without the schemas and their library. */
export const TripState = /* @__PURE__ */ z.enum(
  ['requested', 'offered', 'accepted', 'arriving', 'arrived', 'on_trip', 'completed', 'cancelled'],
  { error: 'BAD_REQUEST' },
);
export type TripState = z.infer<typeof TripState>;

/** What may follow what. A trip that is completed or cancelled is over and stays so. */
const NEXT: Record<TripState, readonly TripState[]> = {
  requested: ['offered', 'accepted', 'cancelled'],
  offered: ['requested', 'accepted', 'cancelled'],
  accepted: ['arriving', 'cancelled'],
  arriving: ['arrived', 'cancelled'],
  arrived: ['on_trip', 'cancelled'],
  on_trip: ['completed', 'cancelled'],
  completed: [],
  cancelled: [],
};

export const isOpen = (state: TripState): boolean => NEXT[state].length > 0;

/** The states from which `to` may be reached. */
export const statesBefore = (to: TripState): TripState[] =>
  TripState.options.filter((from) => NEXT[from].includes(to));

export const TripRequest = /* @__PURE__ */ z.object(
  { riderId: Id, driverId: Id, pickup: Position, dropoff: Position },
  { error: 'BAD_REQUEST' },
);
export type TripRequest = z.infer<typeof TripRequest>;

export const TripChange = /* @__PURE__ */ z.object({ state: TripState }, { error: 'BAD_REQUEST' });

export type Trip = TripRequest & {
  id: string;
  state: TripState;
  /** epoch ms */
  createdAt: number;
  /** epoch ms of the last change of state */
  changedAt: number;
};
