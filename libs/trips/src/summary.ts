import { isOpen, ProtocolError, type Span, type Trip, type TripState, type TripSummary } from '#protocol';

/**
 * The parts of a trip that is over: how long each lasted, and the time of the ride itself, null when the rider never
 * got in.
 * @throws {ProtocolError} BAD_STATE with the state it is in, while it is open
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

/** From one state to the other, or to the end of the trip when it never came to that. */
function spanBetween({ times, changedAt }: Trip, begun: TripState, done: TripState): Span | null {
  const from = times[begun];
  return from === undefined ? null : { from, to: times[done] ?? changedAt };
}

/** To a tenth of a second. */
const secondsOf = (span: Span | null): number =>
  span === null ? 0 : Math.round((span.to - span.from) / 100) / 10;
