/** Texts of the service area on the map. */
export const AREA_TEXTS = {
  pickupPoint: (name: string) => `Pick-up point ${name}`,
} as const;
