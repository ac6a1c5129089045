import { distanceM } from '#geo';
import type { Position } from '#protocol';
import { LANDMARKS, nameOf } from '../../shared/live/city-places.js';
import type { PinKind } from '../../shared/map/pins.js';
import { MyLocation } from '../../shared/ui/icons.js';
import type { RiderSession } from './session.js';
import type { RiderState } from './state.js';
import { PINS, TEXTS } from './texts.js';

type Props = { session: RiderSession; state: RiderState };

/** Chooses the pick-up and the destination: with the pins, a tap on the map, or a short list. */
export function Choose({ session, state }: Props) {
  const { pickup, dropoff, choosing, cars, isBusy } = state;
  const other = choosing === 'pickup' ? dropoff : pickup;
  const suggested = LANDMARKS.filter((one) => other === null || distanceM(one, other) > 200);
  return (
    <>
      <div className="sheet-head">
        <h1>{TEXTS.whereTo}</h1>
        <p className="chip" role="status">
          {TEXTS.cars(cars)}
        </p>
      </div>
      <fieldset className="places" aria-label={TEXTS.places}>
        <Field kind="pickup" at={pickup} session={session} isChosen={choosing === 'pickup'} />
        <Field kind="dropoff" at={dropoff} session={session} isChosen={choosing === 'dropoff'} />
        {'geolocation' in navigator && isSecureContext && (
          <button
            type="button"
            className="icon-button places-locate"
            aria-label={TEXTS.locate}
            title={TEXTS.locate}
            onClick={() => void session.locate()}
          >
            <MyLocation />
          </button>
        )}
      </fieldset>
      <fieldset className="landmarks" aria-label={TEXTS.landmarks(choosing)}>
        {suggested.map((landmark) => (
          <button key={landmark.name} type="button" onClick={() => session.placePin(choosing, landmark)}>
            {landmark.name}
          </button>
        ))}
      </fieldset>
      <button
        type="button"
        className="button button-primary button-wide"
        disabled={dropoff === null || isBusy}
        onClick={() => void session.request()}
      >
        {TEXTS.request}
      </button>
    </>
  );
}

type FieldProps = { kind: PinKind; at: Position | null; session: RiderSession; isChosen: boolean };

function Field({ kind, at, session, isChosen }: FieldProps) {
  return (
    <button
      type="button"
      className="place"
      data-kind={kind}
      aria-pressed={isChosen}
      onClick={() => session.choose(kind)}
    >
      <span className="place-kind">{PINS[kind]}</span>
      <span className="place-name" data-empty={at === null}>
        {at === null ? TEXTS.noDropoff : nameOf(at)}
      </span>
    </button>
  );
}
