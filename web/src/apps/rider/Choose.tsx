import { Suspense, useState } from 'react';
import { distanceM } from '#geo';
import type { Position } from '#protocol';
import { LANDMARKS, nameOf } from '../../shared/live/city-places.js';
import type { PinKind } from '../../shared/map/pins.js';
import { MyLocation, Search } from '../../shared/ui/icons.js';
import { lazyWithRetry } from '../../shared/ui/lazy-with-retry.js';
import type { RiderSession } from './session.js';
import type { RiderState } from './state.js';
import { PINS, TEXTS } from './texts.js';

const PlaceSearch = lazyWithRetry(() => import('./PlaceSearch.js'));
const RideOptions = lazyWithRetry(() => import('./RideOptions.js'));
const PlaceOffer = lazyWithRetry(() => import('./PlaceOffer.js'));

type Props = { session: RiderSession; state: RiderState };

/** Chooses the pick-up and the destination: with the pins, a tap on the map, or a short list. */
export function Choose({ session, state }: Props) {
  const { pickup, dropoff, choosing, cars, isBusy } = state;
  const other = choosing === 'pickup' ? dropoff : pickup;
  const [searched, setSearched] = useState<PinKind | null>(null);
  if (searched !== null)
    return (
      <Suspense>
        <PlaceSearch session={session} state={state} kind={searched} onClose={() => setSearched(null)} />
      </Suspense>
    );
  // A tap on the map then moves this pin, if the rider goes back.
  const search = (kind: PinKind) => {
    session.choose(kind);
    setSearched(kind);
  };
  const suggested = LANDMARKS.filter((one) => other === null || distanceM(one, other) > 200);
  return (
    <>
      <div className="sheet-head">
        <h1>{TEXTS.whereTo}</h1>
        <p className="chip" role="status" hidden={cars === null}>
          {TEXTS.cars(cars ?? 0)}
        </p>
      </div>
      <fieldset className="places" aria-label={TEXTS.places}>
        <Field kind="pickup" at={pickup} onTap={search} isChosen={choosing === 'pickup'} />
        <Field kind="dropoff" at={dropoff} onTap={search} isChosen={choosing === 'dropoff'} />
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
        <button type="button" className="places-search" onClick={() => search(choosing)}>
          <Search />
          {TEXTS.search}
        </button>
        {suggested.map((landmark) => (
          <button key={landmark.name} type="button" onClick={() => session.placePin(choosing, landmark)}>
            {landmark.name}
          </button>
        ))}
      </fieldset>
      {state.offered !== null && (
        <Suspense>
          <PlaceOffer session={session} state={state} offered={state.offered} />
        </Suspense>
      )}
      {dropoff !== null && (
        <Suspense>
          <RideOptions session={session} state={state} />
        </Suspense>
      )}
      {cars === 0 && <p className="sheet-hint">{TEXTS.noCars}</p>}
      <button
        type="button"
        className="button button-primary button-wide"
        disabled={dropoff === null || isBusy || state.offered !== null}
        onClick={() => void session.request()}
      >
        {TEXTS.request}
      </button>
    </>
  );
}

type FieldProps = {
  kind: PinKind;
  at: Position | null;
  onTap: (kind: PinKind) => void;
  isChosen: boolean;
};

function Field({ kind, at, onTap, isChosen }: FieldProps) {
  return (
    <button
      type="button"
      className="place"
      data-kind={kind}
      aria-pressed={isChosen}
      onClick={() => onTap(kind)}
    >
      <span className="place-kind">{PINS[kind]}</span>
      <span className="place-name" data-empty={at === null}>
        {at === null ? TEXTS.noDropoff : nameOf(at)}
      </span>
    </button>
  );
}
