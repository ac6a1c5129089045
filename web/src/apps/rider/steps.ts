import type { Trip } from '#protocol';

/** How far a rider is, as the page shows it. */
export type Step =
  /** not known yet whether a trip is under way */
  | 'starting'
  | 'choosing'
  | 'searching'
  | 'approach'
  | 'arrived'
  | 'on_trip'
  | 'done'
  /** nobody took the trip */
  | 'no_car'
  /** somebody else than the rider ended it */
  | 'called_off';

export function stepOf(trip: Trip | null): Step {
  if (trip === null) return 'choosing';
  switch (trip.state) {
    case 'requested':
    case 'offered':
      return 'searching';
    case 'accepted':
    case 'arriving':
      return 'approach';
    case 'arrived':
      return 'arrived';
    case 'on_trip':
      return 'on_trip';
    case 'completed':
      return 'done';
    case 'cancelled':
      if (trip.cancelled?.by === 'rider') return 'choosing';
      return trip.cancelled?.reason === 'no_driver' ? 'no_car' : 'called_off';
  }
}

/** How many drivers were asked: the first version is the request, and each offer makes two more, itself and its end. */
export const askedOf = ({ version }: Trip): number => Math.floor(version / 2);

/** Whether a driver has taken the trip, and it goes on. */
export const hasDriver = (step: Step): boolean =>
  step === 'approach' || step === 'arrived' || step === 'on_trip';
