import type { SharedTripState } from '../../shared/live/shared-trip.js';
import { ENDS } from './texts.js';

type Over = NonNullable<SharedTripState['over']>;

const SIGNS: Record<Over, string> = {
  completed: 'M20 33.5 28.5 42 45 24',
  cancelled: 'M23 23 41 41M41 23 23 41',
  invalid_link: 'M22 32h20',
};

/** Shown once the link has no more updates: the reason only. */
export function End({ over }: { over: Over }) {
  const { title, hint } = ENDS[over];
  return (
    <main className="end" data-over={over}>
      <svg className="end-sign" width="88" height="88" viewBox="0 0 64 64" aria-hidden="true">
        <circle cx="32" cy="32" r="30" />
        <path d={SIGNS[over]} />
      </svg>
      <div role="status">
        <h1>{title}</h1>
        <p>{hint}</p>
      </div>
    </main>
  );
}
