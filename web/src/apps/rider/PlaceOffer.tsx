import { distanceM } from '#geo';
import { distanceText } from '../../shared/ui/format.js';
import { OFFER, refusedPlaceText } from './choose-texts.js';
import type { RiderSession } from './session.js';
import type { OfferedPlace, RiderState } from './state.js';

type Props = { session: RiderSession; state: RiderState; offered: OfferedPlace };

/** Offers the nearest place where the request would be accepted. Nothing moves without the rider’s consent. */
export default function PlaceOffer({ session, state, offered }: Props) {
  const { kind, code, name } = offered;
  const from = state[kind];
  const away = from === null ? null : distanceText(distanceM(from, offered));
  const place = name ?? OFFER.nearest[kind];
  return (
    <section className="place-offer" role="status" data-code={code}>
      <p>{refusedPlaceText(code)}</p>
      <p>{away === null ? place : OFFER.away(place, away)}</p>
      <button
        type="button"
        className="button button-wide"
        disabled={state.isBusy}
        onClick={() => void session.takeOffered(offered)}
      >
        {name === null ? OFFER.use[kind] : OFFER.meetAt(name)}
      </button>
    </section>
  );
}
