import type { TripState } from '#protocol';

/** Texts of the showcase page. */
export const TEXTS = {
  name: 'Hexfleet',
  claim: 'One trip, three live views',
  needsDemo: 'This page needs the demo. Start Hexfleet with npm start, then open it again.',
  offline: 'No connection, reconnecting',
  steps: 'Steps of the trip',
  sides: 'Choose an app',
  frames: {
    rider: { name: 'Rider', line: 'watches the car approach', title: 'Rider app' },
    driver: { name: 'Driver', line: 'accepts the trip', title: 'Driver app' },
    dispatch: { name: 'Dispatch', line: 'monitors the whole fleet', title: 'Dispatch board' },
  },
  open: 'Open',
  opens: (name: string) => `Open ${name} in a new tab`,
  pause: 'Take over',
  pauseHint: 'Use the buttons in the rider and driver apps yourself',
  play: 'Autoplay',
  playHint: 'Let the trip continue automatically',
  figures: 'Live metrics',
  vehicles: 'vehicles',
  fixes: 'updates per second',
  delay: 'p99 latency',
  nodes: 'nodes',
} as const;

export const STEPS = ['Requested', 'Offered', 'On the way', 'Arrived', 'On trip', 'Completed'] as const;

/** Index in STEPS of each trip state; -1 is none. */
export const STEP_OF: Record<TripState, number> = {
  requested: 0,
  offered: 1,
  accepted: 2,
  arriving: 2,
  arrived: 3,
  on_trip: 4,
  completed: 5,
  cancelled: -1,
};
