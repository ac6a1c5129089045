import { z } from 'zod';

const t = z.number();
const lat = z.number();
const lng = z.number();
const heading = z.number();
const speedMps = z.number();
const cell = z.string();
const receivedAt = z.number();

export const Vehicle = z.object({
  /** the user who drives */
  id: z.string(),
  /** degrees north */
  lat,
  /** degrees east */
  lng,
  /** degrees clockwise from true north, [0, 360) */
  heading,
  /** metres per second */
  speedMps,
  /** whether the vehicle is free for a trip */
  status: z.enum(['available', 'busy']),
  /** time of the fix by the device's clock, epoch ms */
  t,
  /**
   * time when the service received the position, epoch ms by its own clock; in a frame only when that was more than 2 s
   * before the frame
   */
  receivedAt: receivedAt.optional(),
});
/** One vehicle in a frame. */
export type Vehicle = z.infer<typeof Vehicle>;

export const PlacedVehicle = Vehicle.extend({
  /** an H3 cell */
  cell,
  /** time when the service received the position, epoch ms by its own clock */
  receivedAt,
});
/** Vehicle of a snapshot with its cell, by which a client drops vehicles when its viewport leaves a cell. */
export type PlacedVehicle = z.infer<typeof PlacedVehicle>;

export const CellCount = z.object({
  /** an H3 cell of resolution 6 */
  cell,
  /** number of vehicles that are free for a trip */
  available: z.number(),
  /** number of vehicles that are not */
  busy: z.number(),
});
/** Number of vehicles in one index cell. */
export type CellCount = z.infer<typeof CellCount>;

export const FleetView = z.object({
  vehicles: z.array(PlacedVehicle),
  removedCells: z.array(cell),
  counts: z.array(CellCount).nullable(),
  /** regions that the viewport touches */
  regions: z.array(z.string()),
});
/**
 * Current content of a viewport: its vehicles, or only those of newly watched cells when a delta was requested, and the
 * cells that are no longer watched. With too many vehicles for a screen it has counts instead, which are then updated by
 * the push `counts`.
 */
export type FleetView = z.infer<typeof FleetView>;

/** Maximum number of cars that a rider sees around a pin. */
export const NEAREST_CARS = 12;
/** Interval at which riders see cars move; their times are multiples of it, ms. */
export const RIDER_INTERVAL_MS = 5_000;

export const Car = z.object({
  /** a name of the car for this session, for some minutes */
  id: z.string(),
  /** degrees north, on a grid of 30 m */
  lat,
  /** degrees east, on a grid of 30 m */
  lng,
  /** direction between its last grid points, degrees clockwise from true north, a multiple of 15; null until it has moved */
  heading: heading.nullable(),
  /** time when the service received the position, epoch ms by its own clock, rounded down to 5 s */
  t,
});
/** Available car as riders see it. */
export type Car = z.infer<typeof Car>;

export const PlacedCar = Car.extend({
  /** an H3 cell */
  cell,
});
/** Car of a snapshot with its cell, by which a client drops cars when its area leaves a cell. */
export type PlacedCar = z.infer<typeof PlacedCar>;

export const NearbyView = z.object({
  cars: z.array(PlacedCar),
  removedCells: z.array(cell),
  delta: z.boolean(),
});
/**
 * At most the twelve nearest cars near a pin, nearest first, in all cells that the circle touches, as in later frames, or only
 * those that the client does not have when this is a delta; and the cells that are no longer watched.
 */
export type NearbyView = z.infer<typeof NearbyView>;

export const Frame = z.object({
  /** number of the tick, which distinguishes frames */
  tick: z.number(),
  /** an H3 cell */
  cell,
  /** vehicles that moved within the cell or into it, at their new positions */
  moved: z.array(Vehicle),
  /** ids of the vehicles that left the cell */
  gone: z.array(z.string()),
});
/**
 * Changes in one cell within one tick. A vehicle that changes cells is `gone` from the old one and `moved` in the new one.
 * A client must ignore `gone` if it last saw the vehicle in another cell.
 */
export type Frame = z.infer<typeof Frame>;

export const CarFrame = Frame.extend({
  /** cars that moved within the cell or into it, at their new positions */
  moved: z.array(Car),
  /** names of the cars that left the cell or are not shown any more */
  gone: z.array(z.string()),
});
/** Changes of the cars near a pin in one cell; applied like a {@link Frame}. */
export type CarFrame = z.infer<typeof CarFrame>;

export const DriverPosition = z.object({
  /** the user who drives */
  driverId: z.string(),
  /** time of the fix by the device's clock, epoch ms: orders positions, says nothing about their age */
  t,
  /** degrees north */
  lat,
  /** degrees east */
  lng,
  /** degrees clockwise from true north, [0, 360) */
  heading,
  /** metres per second */
  speedMps,
  /** time when the service received it, epoch ms by its own clock: the age of a position is measured from here */
  receivedAt,
});
/** Position of a followed driver. */
export type DriverPosition = z.infer<typeof DriverPosition>;

export const DriverGone = z.object({
  /** the user who drives */
  driverId: z.string(),
  /** time of its last fix, epoch ms */
  t,
  /** `offline`: the driver went offline; `silent`: fixes stopped arriving */
  reason: z.enum(['offline', 'silent']),
});
/** A followed driver went offline or fell silent. */
export type DriverGone = z.infer<typeof DriverGone>;
