import { Star } from 'lucide-react';
import { useState } from 'react';
import type { Trip } from '#protocol';
import type { RiderSession } from './session.js';
import { RATING } from './trip-texts.js';

const STARS = [1, 2, 3, 4, 5];

/** Rating of a completed trip, which can be changed while the page shows it. */
export default function Rating({ session, trip }: { session: RiderSession; trip: Trip }) {
  const [rating, setRating] = useState(trip.rating ?? 0);
  const [hasFailed, setFailed] = useState(false);
  const rate = async (stars: number) => {
    const before = rating;
    setRating(stars);
    setFailed(false);
    try {
      await session.api.rateTrip(trip.id, stars);
    } catch {
      setRating(before);
      setFailed(true);
    }
  };
  return (
    <fieldset className="rating">
      <legend>
        <span role="status">{hasFailed ? RATING.failed : rating > 0 ? RATING.thanks : RATING.question}</span>
      </legend>
      {STARS.map((stars) => (
        <button
          key={stars}
          type="button"
          className="rating-star"
          aria-label={RATING.stars(stars)}
          aria-pressed={stars === rating}
          data-on={stars <= rating}
          onClick={() => void rate(stars)}
        >
          <Star size={30} aria-hidden />
        </button>
      ))}
    </fieldset>
  );
}
