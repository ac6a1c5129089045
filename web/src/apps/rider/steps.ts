import type { Trip } from '#protocol';

/** Screen of the rider app. */
export type Step =
  /** the service has not answered yet whether there is an open trip */
  | 'starting'
  | 'choosing'
  | 'searching'
  | 'approach'
  | 'arrived'
  | 'on_trip'
  | 'done'
  /** no driver accepted the trip */
  | 'no_car'
  /** the driver waited, but the rider did not come */
  | 'no_show'
  /** cancelled by somebody other than the rider */
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
      if (trip.cancelled?.reason === 'no_show') return 'no_show';
      return trip.cancelled?.reason === 'no_driver' ? 'no_car' : 'called_off';
  }
}

/** Number of drivers asked: version 1 is the request, and each offer adds two versions, its start and its end. */
export const askedOf = ({ version }: Trip): number => Math.floor(version / 2);

/** Whether a driver has accepted the trip and has not finished it. */
export const hasDriver = (step: Step): boolean =>
  step === 'approach' || step === 'arrived' || step === 'on_trip';
