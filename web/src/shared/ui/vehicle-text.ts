import type { DriverVehicle } from '#protocol';

/** Describes a vehicle so that a rider recognises it in the street: first the plate. */
export const vehicleText = ({
  plate,
  colour,
  make,
  model,
}: Pick<DriverVehicle, 'plate' | 'colour' | 'make' | 'model'>): string =>
  `${plate} · ${colour} ${make} ${model}`;
