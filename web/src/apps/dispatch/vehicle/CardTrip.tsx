import type { ReactNode } from 'react';
import type { Trip } from '#protocol';
import { TEXTS, TRIP_STATE_NAMES } from '../texts.js';

/** The trip of a vehicle: its state and rider above the facts that are known of it. */
export const CardTrip = ({ trip, children }: { trip: Trip; children: ReactNode }) => (
  <div className="card-trip" data-trip={trip.id}>
    <p>
      <strong>{TRIP_STATE_NAMES[trip.state]}</strong> <span>{`· ${TEXTS.card.rider} ${trip.riderId}`}</span>
    </p>
    {children}
  </div>
);
