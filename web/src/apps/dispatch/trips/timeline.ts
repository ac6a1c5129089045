import { isOpen, type Trip, type TripState } from '#protocol';

/** State of a trip with its duration; null while it lasts in a trip that is over. `share`: of the whole trip, 0 to 1. */
export type Period = { name: TripState; at: number; ms: number | null; share: number };

/** Returns the states of a trip in order of time, each with when it was last entered. @param now epoch ms */
export function timelineOf({ times, state, createdAt, changedAt }: Trip, now: number): Period[] {
  const entered = Object.entries(times)
    .map(([name, at]) => ({ name: name as TripState, at }))
    .sort((a, b) => a.at - b.at);
  const end = isOpen(state) ? now : changedAt;
  const total = Math.max(1, end - createdAt);
  return entered.map(({ name, at }, i) => {
    const isLast = i === entered.length - 1;
    const ms = Math.max(0, (entered[i + 1]?.at ?? end) - at);
    return { name, at, ms: isLast && !isOpen(state) ? null : ms, share: ms / total };
  });
}
