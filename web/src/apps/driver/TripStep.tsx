import { useState } from 'react';
import { distanceM } from '#geo';
import { FAR_STEP_M, type Position, type Trip, type TripState } from '#protocol';
import type { DriverStep } from '#sdk';
import { distanceText } from '../../shared/ui/format.js';
import { PinEntry } from './PinEntry.js';
import { SlideButton } from './SlideButton.js';
import type { DriverSession } from './session.js';
import type { DriverState } from './state.js';
import { FAR_AWAY, STATES, TEXTS } from './texts.js';

/** Step that follows each state. */
const NEXT: Partial<Record<TripState, DriverStep>> = {
  accepted: 'arrived',
  arriving: 'arrived',
  arrived: 'on_trip',
  on_trip: 'completed',
};

type Props = { session: DriverSession; state: DriverState; trip: Trip };

/** The next step of a trip. Far from its place, it asks first. */
export function TripStep({ session, state, trip }: Props) {
  const [asking, setAsking] = useState<number | null>(null);
  const [entersPin, setEntersPin] = useState(false);
  const step = NEXT[trip.state];
  const { label, anyway } = STATES[trip.state];
  if (step === undefined) return null;
  const take = () => {
    setAsking(null);
    if (step === 'on_trip' && trip.needsPin === true) setEntersPin(true);
    else void session.step(step);
  };
  if (entersPin && step === 'on_trip')
    return (
      <PinEntry
        isBusy={state.isBusy}
        onEnter={(pin) => void session.step(step, pin)}
        onBack={() => setEntersPin(false)}
      />
    );
  if (asking !== null) {
    const question = FAR_AWAY[step === 'completed' ? 'dropoff' : 'pickup'](distanceText(asking));
    return (
      <fieldset className="cancel-dialog" aria-label={question}>
        <p>{question}</p>
        <button type="button" className="button" onClick={() => setAsking(null)}>
          {TEXTS.notYet}
        </button>
        <button type="button" className="button button-danger" disabled={state.isBusy} onClick={take}>
          {anyway}
        </button>
      </fieldset>
    );
  }
  return (
    <SlideButton
      key={step}
      label={label}
      disabled={state.isBusy}
      onSlide={() => {
        const away = awayFrom(step === 'completed' ? trip.dropoff : trip.pickup, state);
        if (away > FAR_STEP_M) setAsking(away);
        else take();
      }}
    />
  );
}

/** Metres from the last fix; 0 without one, because nothing is known. */
const awayFrom = (place: Position, { fix }: DriverState): number =>
  fix === null ? 0 : distanceM(fix, place);
