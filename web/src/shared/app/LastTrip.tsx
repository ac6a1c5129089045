import { useState } from 'react';
import { nameOf } from '../live/city-places.js';
import { timeFormat } from '../ui/format.js';
import { vehicleText } from '../ui/vehicle-text.js';
import './app.css';
import { lastTrip } from './last-trip.js';
import { STATES, TEXTS } from './texts.js';

type Props = { page: 'rider' | 'driver'; userId: string };

/** The last trip that this page knew, shown while it starts without a connection. */
export default function LastTrip({ page, userId }: Props) {
  const [last] = useState(() => lastTrip(page, userId));
  if (last === null)
    return (
      <section className="last-trip" data-last="none">
        <h1>
          <span role="status">{TEXTS.noConnection}</span>
        </h1>
        <p className="sheet-hint">{TEXTS.noTrip}</p>
      </section>
    );
  const { trip, at } = last;
  return (
    <section className="last-trip" data-last={trip.id}>
      <p className="last-trip-at" role="status">
        {TEXTS.lastKnown(timeOf(at))}
      </p>
      <h1>{STATES[trip.state]}</h1>
      <p className="journey">
        <span data-kind="pickup">{nameOf(trip.pickup)}</span>
        <span data-kind="dropoff">{nameOf(trip.dropoff)}</span>
      </p>
      {page === 'rider' && trip.driver !== undefined && (
        <p>
          <strong>{trip.driver.name}</strong>
          <span className="driver-vehicle">{vehicleText(trip.driver.vehicle)}</span>
        </p>
      )}
      {page === 'driver' && <p>{trip.riderId}</p>}
      {trip.pin !== undefined && (
        <p className="trip-pin">
          <span>{TEXTS.pin}</span>
          <strong className="trip-pin-code">{trip.pin}</strong>
        </p>
      )}
    </section>
  );
}

/** Hours and minutes; of another day with the date. */
function timeOf(at: number): string {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return timeFormat({ timeStyle: 'short', ...(!isToday && { dateStyle: 'medium' }) }).format(at);
}
