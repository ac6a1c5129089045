/** Texts of the components in this folder, and of pages that show an arrival. */
export const TEXTS = {
  notifications: 'Notifications',
  arrivesAt: (time: string) => `Arriving around ${time}`,
  arrivingNow: 'Arriving now',
  away: (distance: string) => `${distance} away`,
  estimating: 'Calculating arrival time',
  settings: 'Language and units',
  seconds: (n: string) => `${n} s`,
  minute: 'min',
  minutes: (n: string) => `${n} min`,
} as const;
