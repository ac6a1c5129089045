import { Hand, Play } from 'lucide-react';
import type { ReadableAtom, WritableAtom } from 'nanostores';
import type { TripState } from '#protocol';
import { useStore } from '../../shared/ui/hooks.js';
import type { Played } from './autoplay.js';
import { SENTENCES, STEPS, TEXTS } from './texts.js';

/** Index in STEPS of each trip state; -1 is none. */
const STEP_OF: Record<TripState, number> = {
  requested: 0,
  offered: 1,
  accepted: 2,
  arriving: 2,
  arrived: 3,
  on_trip: 4,
  completed: 5,
  cancelled: -1,
};

type Props = { $played: ReadableAtom<Played>; $plays: WritableAtom<boolean> };

/** Progress of the trip, and the switch between autoplay and the visitor. */
export function Steps({ $played, $plays }: Props) {
  const { trip } = useStore($played);
  const isPlaying = useStore($plays);
  const step = trip === null ? -1 : STEP_OF[trip.state];
  return (
    <section className="story" data-state={trip?.state ?? 'none'} aria-label={TEXTS.steps}>
      <ol className="steps">
        {STEPS.map((name, index) => (
          <li key={name} data-reached={index <= step} aria-current={index === step ? 'step' : undefined}>
            {name}
          </li>
        ))}
      </ol>
      <p className="story-line" role="status">
        {step < 0 ? TEXTS.before : TEXTS.now(TEXTS.step(step + 1, STEPS.length), SENTENCES[step]!)}
      </p>
      <button
        type="button"
        className="button"
        title={isPlaying ? TEXTS.pauseHint : TEXTS.playHint}
        onClick={() => $plays.set(!isPlaying)}
      >
        {isPlaying ? <Hand size={16} aria-hidden="true" /> : <Play size={16} aria-hidden="true" />}
        <span>{isPlaying ? TEXTS.pause : TEXTS.play}</span>
      </button>
    </section>
  );
}
