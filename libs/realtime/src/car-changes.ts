import type { Point } from '#geo';

/** A car on the grid of riders. */
export type GridCar = Point & {
  /** `driver/number` of its current name; goes to gateways only */
  key: string;
  /** nearby cell of the grid point */
  cell: string;
  /** time when the service received its last position, epoch ms */
  receivedAt: number;
};

/** Changes of the available cars in one nearby cell within one tick, for gateways. */
export type CarChanges = {
  tick: number;
  cell: string;
  moved: Omit<GridCar, 'cell'>[];
  /** keys of the cars that left the cell, changed their names or are hidden from now on */
  gone: string[];
};

export const carKey = (driverId: string, shift: number): string => `${driverId}/${shift}`;
/** Returns the driver of a key; ids of users have no slash. */
export const driverOfKey = (key: string): string => key.slice(0, key.lastIndexOf('/'));
