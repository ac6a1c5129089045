/** States of a trip; the last two are final. */
export const TRIP_STATES = [
  'requested',
  'offered',
  'accepted',
  'arriving',
  'arrived',
  'on_trip',
  'completed',
  'cancelled',
] as const;
type State = (typeof TRIP_STATES)[number];

/** Allowed next states. A completed or cancelled trip is over and stays so. */
const NEXT: Record<State, readonly State[]> = {
  requested: ['offered', 'accepted', 'cancelled'],
  offered: ['requested', 'accepted', 'cancelled'],
  accepted: ['arriving', 'cancelled'],
  arriving: ['arrived', 'cancelled'],
  arrived: ['on_trip', 'cancelled'],
  on_trip: ['completed', 'cancelled'],
  completed: [],
  cancelled: [],
};

/** Distance of a driver from the place of a step beyond which the driver is asked first and dispatch is alerted, metres. */
export const FAR_STEP_M = 200;

/** Distance from the place that a car drives to within which it is arriving now: the ETA is then 0, metres. */
export const ARRIVING_M = 40;

export const isOpen = (state: State): boolean => NEXT[state].length > 0;

/** Whether a trip in state `from` may go to state `to`. */
export const mayFollow = (from: State, to: State): boolean => NEXT[from].includes(to);
