import { isOpen, ProtocolError, type Span, type Trip, type TripState, type TripSummary } from '#protocol';

/**
 * Returns the parts of a finished trip: the duration of each, and the time span of the ride, null when the rider was
 * never picked up.
 * @throws {ProtocolError} BAD_STATE with the current state, while the trip is open
 */
export function partsOf(
  trip: Trip,
): Pick<TripSummary, 'durationS' | 'approachS' | 'waitingS'> & { ride: Span | null } {
  if (isOpen(trip.state)) throw new ProtocolError('BAD_STATE', `it is ${trip.state}`);
  const ride = spanBetween(trip, 'on_trip', 'completed');
  return {
    approachS: secondsOf(spanBetween(trip, 'accepted', 'arrived')),
    waitingS: secondsOf(spanBetween(trip, 'arrived', 'on_trip')),
    durationS: secondsOf(ride),
    ride,
  };
}

/** Span from one state to another, or to the end of the trip when the second was never reached. */
function spanBetween({ times, changedAt }: Trip, begun: TripState, done: TripState): Span | null {
  const from = times[begun];
  return from === undefined ? null : { from, to: times[done] ?? changedAt };
}

/** Rounds to a tenth of a second. */
const secondsOf = (span: Span | null): number =>
  span === null ? 0 : Math.round((span.to - span.from) / 100) / 10;
