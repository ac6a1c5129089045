/** Texts of the figures of a completed trip, which load with its end. */
export const TEXTS = {
  loading: 'Loading trip summary',
  distance: 'Distance',
  duration: 'Duration',
  approach: { rider: 'Wait', driver: 'To pick-up' },
  waited: 'Waiting',
  unknown: '–',
} as const;
