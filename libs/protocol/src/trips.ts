import { z } from 'zod';
import { Id, Position } from './schemas.js';

// The annotations here let a page that only asks `isOpen` be built without the schemas and their library.
/** How far a trip is; `completed` and `cancelled` are its end. */
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

/** Who drives whom from where to where. */
export const TripRequest = /* @__PURE__ */ z.object(
  {
    /** the user who rides */
    riderId: Id,
    /** the user who drives */
    driverId: Id,
    /** where the rider gets in */
    pickup: Position,
    /** where the rider gets out */
    dropoff: Position,
  },
  { error: 'BAD_REQUEST' },
);
export type TripRequest = z.infer<typeof TripRequest>;

export const TripChange = /* @__PURE__ */ z.object({ state: TripState }, { error: 'BAD_REQUEST' });

/** A trip as the service keeps it. */
export type Trip = TripRequest & {
  /** given by the service */
  id: string;
  /** how far it is */
  state: TripState;
  /** when it was made, epoch ms */
  createdAt: number;
  /** epoch ms of the last change of state */
  changedAt: number;
};
