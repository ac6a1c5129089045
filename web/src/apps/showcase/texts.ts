import type { TripState } from '#protocol';

/** Every word of the front page, in one place. */
export const TEXTS = {
  name: 'Hexfleet',
  claim: 'One trip, seen from three sides, live.',
  needsDemo: 'This page needs the demo: start Hexfleet with npm start and open it again.',
  lost: 'No connection, trying again',
  steps: 'Steps of the trip',
  sides: 'Which side to look from',
  frames: {
    rider: { name: 'Rider', line: 'sees the car come', title: 'The app of a rider' },
    driver: { name: 'Driver', line: 'takes the trip', title: 'The app of a driver' },
    dispatch: { name: 'Dispatch', line: 'sees the whole fleet', title: 'The board of a dispatcher' },
  },
  open: 'Open',
  opens: (name: string) => `Open ${name} in a window of its own`,
  pause: 'Take over',
  pauseHint: 'You press the buttons: in the rider’s and the driver’s app.',
  play: 'Play',
  playHint: 'The trip goes on by itself.',
  figures: 'The installation, now',
  vehicles: 'vehicles',
  fixes: 'fixes a second',
  delay: 'p99 to the map',
  nodes: 'nodes',
} as const;

export const STEPS = ['Request', 'Offer', 'On the way', 'Arrived', 'On trip', 'There'] as const;

/** Which step of the trip a state is. */
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
