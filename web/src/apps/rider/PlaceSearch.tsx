import { ChevronLeft, Clock, MapPin } from 'lucide-react';
import { useEffect, useState } from 'react';
import { distanceM } from '#geo';
import type { FoundPlace } from '#protocol';
import { keepName, LANDMARKS } from '../../shared/live/city-places.js';
import type { PinKind } from '../../shared/map/pins.js';
import { distanceText } from '../../shared/ui/format.js';
import { SEARCH } from './choose-texts.js';
import { addRecent, recentPlaces } from './recent-places.js';
import type { RiderSession } from './session.js';
import type { RiderState } from './state.js';

type Props = { session: RiderSession; state: RiderState; kind: PinKind; onClose: () => void };

/** Pause in typing after which a search is sent, ms. */
const PAUSE_MS = 200;

type Answer = { text: string; places: FoundPlace[] | null };

/** Finds a pick-up or a destination by text; without one, it shows recent and well-known places. */
export default function PlaceSearch({ session, state, kind, onClose }: Props) {
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState<Answer | null>(null);
  const wanted = text.trim();
  const { pickup } = state;
  useEffect(() => {
    if (wanted === '') return;
    const abort = new AbortController();
    const ask = () =>
      session.api.findPlaces(wanted, pickup, { signal: abort.signal }).then(
        (places) => setAnswer({ text: wanted, places }),
        () => abort.signal.aborted || setAnswer({ text: wanted, places: null }),
      );
    const timer = setTimeout(ask, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [session, wanted, pickup]);
  const choose = (place: FoundPlace) => {
    addRecent(session.userId, place);
    keepName(place, place.name);
    session.choose(kind);
    session.placePin(kind, place);
    onClose();
  };
  const shown = wanted === '' ? suggested(session.userId) : (answer?.places ?? []);
  const message =
    wanted === '' || answer?.text !== wanted
      ? ''
      : answer.places === null
        ? SEARCH.failed
        : answer.places.length === 0
          ? SEARCH.none
          : '';
  return (
    <search className="place-search">
      <div className="sheet-head sheet-head-back">
        <button type="button" className="icon-button" aria-label={SEARCH.back} onClick={onClose}>
          <ChevronLeft size={20} aria-hidden />
        </button>
        <input
          // The rider has just asked to type.
          // biome-ignore lint/a11y/noAutofocus: see above
          autoFocus
          type="search"
          enterKeyHint="search"
          autoComplete="off"
          maxLength={100}
          placeholder={SEARCH.placeholder}
          aria-label={SEARCH.label[kind]}
          value={text}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={({ key }) => {
            if (key === 'Escape') onClose();
            if (key === 'Enter' && shown[0] !== undefined) choose(shown[0]);
          }}
        />
      </div>
      <p className="sheet-hint" role="status">
        {message}
      </p>
      <ul aria-label={wanted === '' ? SEARCH.recent : SEARCH.results}>
        {shown.map((place) => (
          <li key={`${place.lat},${place.lng},${place.name}`}>
            <button type="button" onClick={() => choose(place)}>
              {place.detail === null ? <Clock size={18} aria-hidden /> : <MapPin size={18} aria-hidden />}
              <span>
                <strong>{place.name}</strong>
                <span className="place-detail">{place.detail ?? ''}</span>
              </span>
              <span className="place-away">{distanceText(distanceM(pickup, place))}</span>
            </button>
          </li>
        ))}
      </ul>
    </search>
  );
}

/** Recent places, without a detail, then landmarks. */
function suggested(userId: string): FoundPlace[] {
  const recent = recentPlaces(userId).map((place) => ({ ...place, detail: null }));
  const names = new Set(recent.map(({ name }) => name));
  const landmarks = LANDMARKS.filter(({ name }) => !names.has(name));
  return [...recent, ...landmarks.map((place) => ({ ...place, detail: SEARCH.landmark }))];
}
