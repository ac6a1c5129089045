export const PAGE = { title: 'Hexfleet: live location for ride-hailing' } as const;

/** Texts of the showcase page. */
export const TEXTS = {
  name: 'Hexfleet',
  claim:
    'Shows riders, drivers and dispatchers where every car is, live: open source, for teams that build ride-hailing apps.',
  needsDemo: 'This page needs the demo. Start Hexfleet with npm start, then open it again.',
  offline: 'No connection, reconnecting',
  links: 'About Hexfleet',
  api: 'API reference',
  docs: 'Docs',
  source: 'Source',
  quickStart: 'Quick start',
  needs: 'In a copy of the repository, with Node 20.19 or later:',
  starts: 'Starts everything, with 300 simulated cars',
  tests: 'Checks and tests everything',
  readOn: 'README.md in the same folder explains the rest, and docs has the details.',
  copies: (command: string) => `Copy ${command}`,
  copied: 'Copied',
  close: 'Close',
  steps: 'Steps of the trip',
  step: (n: number, of: number) => `Step ${n} of ${of}`,
  before: 'The cars are getting ready. The first trip begins in a moment.',
  now: (step: string, sentence: string) => `${step}: ${sentence}`,
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
  figures: 'Live figures',
  vehicles: 'cars online',
  fixes: 'locations a second',
  delay: 'from car to map',
} as const;

export const STEPS = ['Requested', 'Offered', 'On the way', 'Arrived', 'On trip', 'Completed'] as const;

/** A sentence for each of the STEPS. */
export const SENTENCES = [
  'A rider asks for a car.',
  'The nearest driver gets the offer.',
  'The rider watches the car approach.',
  'The car is at the pick-up.',
  'The car drives to the destination.',
  'The rider has arrived. The next trip begins soon.',
] as const;
