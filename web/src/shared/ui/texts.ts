/** Texts of the components in this folder, and of pages that show an arrival. */
export const TEXTS = {
  arrivesAt: (time: string) => `Arriving around ${time}`,
  away: (distance: string) => `${distance} away`,
  estimating: 'Calculating arrival time',
} as const;
