import { z } from 'zod';

const t = z.number();
const lat = z.number();
const lng = z.number();
const heading = z.number();
const speedMps = z.number();
const cell = z.string();

export const Vehicle = z.object({
  /** the driver's for dispatchers, a pseudonym for riders */
  id: z.string(),
  /** degrees north */
  lat,
  /** degrees east */
  lng,
  /** degrees clockwise from true north, [0, 360) */
  heading,
  /** metres per second */
  speedMps,
  /** whether it is free for a trip */
  status: z.enum(['available', 'busy']),
  /** time of the fix, epoch ms */
  t,
});
/** One car or vehicle in a frame; `id` is the driver's for dispatchers and a pseudonym for riders. */
export type Vehicle = z.infer<typeof Vehicle>;

export const PlacedVehicle = Vehicle.extend({
  /** an H3 cell */
  cell,
});
/** A vehicle of a snapshot, with the cell that it is in: a viewport that moves is told which cells it left. */
export type PlacedVehicle = z.infer<typeof PlacedVehicle>;

export const CellCount = z.object({
  /** an H3 cell of resolution 6 */
  cell,
  /** how many are free for a trip */
  available: z.number(),
  /** how many are not */
  busy: z.number(),
});
/** How many drivers one index cell holds. */
export type CellCount = z.infer<typeof CellCount>;

export const FleetView = z.object({
  vehicles: z.array(PlacedVehicle),
  removedCells: z.array(cell),
  counts: z.array(CellCount).nullable(),
  /** that the viewport touches */
  regions: z.array(z.string()),
});
/**
 * A viewport as it is now: its vehicles, or those of the cells that are new to it when only the delta was asked
 * for; and the cells watched before that are not watched any more. With more vehicles than a screen can use, counts
 * instead, then as often as `counts` is pushed.
 */
export type FleetView = z.infer<typeof FleetView>;

export const NearbyView = z.object({
  cars: z.array(PlacedVehicle),
  removedCells: z.array(cell),
  delta: z.boolean(),
});
/**
 * The cars near a pin, nearest first: those of the cells that the circle touches, as frames tell of them later, or of the
 * cells that are new to it when this is a delta; and the cells watched before that are not watched any more.
 */
export type NearbyView = z.infer<typeof NearbyView>;

export const Frame = z.object({
  /** number of the tick, to tell frames apart */
  tick: z.number(),
  /** an H3 cell */
  cell,
  /** where those are now that moved within it or into it */
  moved: z.array(Vehicle),
  /** ids of those that left it */
  gone: z.array(z.string()),
});
/**
 * What changed in one cell within one tick. A vehicle that leaves a cell is `gone` from it and `moved` in the next;
 * `gone` counts only while the vehicle was last seen in this `cell`.
 */
export type Frame = z.infer<typeof Frame>;

export const DriverPosition = z.object({
  /** the user who drives */
  driverId: z.string(),
  /** time of the fix, epoch ms */
  t,
  /** degrees north */
  lat,
  /** degrees east */
  lng,
  /** degrees clockwise from true north, [0, 360) */
  heading,
  /** metres per second */
  speedMps,
});
/** Where a followed driver is. */
export type DriverPosition = z.infer<typeof DriverPosition>;

export const DriverGone = z.object({
  /** the user who drives */
  driverId: z.string(),
  /** time of its last fix, epoch ms */
  t,
  /** whether it said so, or was not heard any more */
  reason: z.enum(['offline', 'silent']),
});
/** A followed driver went offline or fell silent. */
export type DriverGone = z.infer<typeof DriverGone>;
