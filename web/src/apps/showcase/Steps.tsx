import { Hand, Play } from 'lucide-react';
import type { Store } from '../../shared/live/store.js';
import { useStore } from '../../shared/ui/hooks.js';
import type { Played } from './autoplay.js';
import { STEP_OF, STEPS, TEXTS } from './texts.js';

/** Progress of the trip, and the switch between autoplay and the visitor. */
export function Steps({ played, plays }: { played: Store<Played>; plays: Store<boolean> }) {
  const { trip } = useStore(played);
  const isPlaying = useStore(plays);
  const step = trip === null ? -1 : STEP_OF[trip.state];
  return (
    <section className="story" data-state={trip?.state ?? 'none'}>
      <ol className="steps" aria-label={TEXTS.steps}>
        {STEPS.map((name, index) => (
          <li key={name} data-reached={index <= step} aria-current={index === step ? 'step' : undefined}>
            {name}
          </li>
        ))}
      </ol>
      <button
        type="button"
        className="button"
        title={isPlaying ? TEXTS.pauseHint : TEXTS.playHint}
        onClick={() => plays.set(!isPlaying)}
      >
        {isPlaying ? <Hand size={16} aria-hidden="true" /> : <Play size={16} aria-hidden="true" />}
        <span>{isPlaying ? TEXTS.pause : TEXTS.play}</span>
      </button>
    </section>
  );
}
