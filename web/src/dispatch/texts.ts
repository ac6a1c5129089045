/** Every word of the board that several of its parts use. */
export const TEXTS = {
  name: 'Hexfleet',
  place: 'Dispatch',
  list: 'Vehicles',
  map: 'Map of the fleet',
  side: 'Activity and details',
  replay: 'Replay',
} as const;
