import type { z } from 'zod';
import type { Failure } from './codes.js';
import type { Rejection } from './fix.js';
import type { PartnerPresence } from './presence.js';
import { DriverWatch, type Fix, FleetWatch, NearbyWatch, Nothing, Status, TripWatch } from './schemas.js';
import type { OfferedTrip, OfferOver, Trip, TripEta } from './trips.js';

export const ROLES = ['driver', 'rider', 'dispatcher', 'service'] as const;
export type Role = (typeof ROLES)[number];

/** One car or vehicle in a frame; `id` is the driver's for dispatchers and a pseudonym for riders. */
export type Vehicle = {
  id: string;
  lat: number;
  lng: number;
  /** degrees clockwise from true north, [0, 360) */
  heading: number;
  speedMps: number;
  status: Exclude<Status, 'offline'>;
  /** time of the fix, epoch ms */
  t: number;
};

/** A vehicle of a snapshot, with the cell that it is in: a viewport that moves is told which cells it left. */
export type PlacedVehicle = Vehicle & { cell: string };

/** How many drivers one index cell holds. */
export type CellCount = { cell: string; available: number; busy: number };

/**
 * A viewport as it is now: its vehicles, or those of the cells that are new to it when only the difference was asked
 * for; and the cells watched before that are not watched any more. With more vehicles than a screen can use, counts
 * instead, then as often as `counts` is pushed.
 */
export type FleetView = { vehicles: PlacedVehicle[]; left: string[]; counts: CellCount[] | null };

/**
 * What changed in one cell within one tick. A vehicle that leaves a cell is `gone` from it and `moved` in the next;
 * `gone` counts only while the vehicle was last seen in this `cell`.
 */
export type Frame = { tick: number; cell: string; moved: Vehicle[]; gone: string[] };

/** Where a followed driver is. */
export type DriverPosition = {
  driverId: string;
  t: number;
  lat: number;
  lng: number;
  heading: number;
  speedMps: number;
};

/** The answer to `trip:watch`: null what is not known yet, as long as no driver has accepted or was heard. */
export type WatchedTrip = { trip: Trip; position: DriverPosition | null; presence: PartnerPresence | null };

/** A followed driver went offline or fell silent; `t` is the time of its last fix. */
export type DriverGone = { driverId: string; t: number; reason: 'offline' | 'silent' };

/** How often an app is to report: a fix is due after `intervalMs`, unless the car moved less than `minDistanceM`. */
export type Sampling = { intervalMs: number; minDistanceM: number };

/** What a connection begins with, until it is told otherwise. */
export const FASTEST: Sampling = { intervalMs: 1_000, minDistanceM: 0 };

export type Answer<T extends object = object> = ({ ok: true } & T) | ({ ok: false } & Failure);
type Ack<T extends object = object> = (answer: Answer<T>) => void;

/** Told to a socket once, right after it connected: the node that holds it and the time of the server, epoch ms. */
export type Hello = { node: string; now: number };

/** Pushed in every namespace. `refused` answers a request that came without an acknowledgement function. */
type CommonPushes = {
  hello: (hello: Hello) => void;
  refused: (failure: Failure & { event: string }) => void;
};

export type DriverRequests = {
  fixes: (fixes: Fix[], ack: Ack<{ accepted: number; rejected: Rejection[] }>) => void;
  status: (status: Status, ack: Ack) => void;
};
export type DriverPushes = CommonPushes & {
  sampling: (sampling: Sampling) => void;
  offer: (offer: OfferedTrip) => void;
  'offer:over': (over: OfferOver) => void;
  trip: (trip: Trip) => void;
  eta: (eta: TripEta) => void;
  presence: (presence: PartnerPresence) => void;
};

export type RiderRequests = {
  'nearby:watch': (area: NearbyWatch, ack: Ack<{ cars: Vehicle[] }>) => void;
  'nearby:unwatch': (nothing: unknown, ack: Ack) => void;
  'trip:watch': (watch: TripWatch, ack: Ack<WatchedTrip>) => void;
};
export type RiderPushes = CommonPushes & {
  cars: (frame: Frame) => void;
  position: (position: DriverPosition) => void;
  gone: (gone: DriverGone) => void;
  trip: (trip: Trip) => void;
  eta: (eta: TripEta) => void;
  presence: (presence: PartnerPresence) => void;
};

export type DispatchRequests = {
  'fleet:watch': (area: FleetWatch, ack: Ack<FleetView>) => void;
  'fleet:unwatch': (nothing: unknown, ack: Ack) => void;
  'driver:watch': (watch: DriverWatch, ack: Ack<{ position: DriverPosition | null }>) => void;
  'driver:unwatch': (watch: DriverWatch, ack: Ack) => void;
  'trips:watch': (nothing: unknown, ack: Ack<{ trips: Trip[] }>) => void;
  'trips:unwatch': (nothing: unknown, ack: Ack) => void;
};
export type DispatchPushes = CommonPushes & {
  fleet: (frame: Frame) => void;
  counts: (view: { counts: CellCount[] }) => void;
  trip: (trip: Trip) => void;
  position: (position: DriverPosition) => void;
  gone: (gone: DriverGone) => void;
};

/** The namespaces: who may connect, and the schema of each request's payload. Both ends are typed from here. */
export const NAMESPACES = {
  '/driver': { roles: ['driver'], requests: { fixes: Nothing, status: Status } },
  '/rider': {
    roles: ['rider'],
    requests: { 'nearby:watch': NearbyWatch, 'nearby:unwatch': Nothing, 'trip:watch': TripWatch },
  },
  '/dispatch': {
    roles: ['dispatcher', 'service'],
    requests: {
      'fleet:watch': FleetWatch,
      'fleet:unwatch': Nothing,
      'driver:watch': DriverWatch,
      'driver:unwatch': DriverWatch,
      'trips:watch': Nothing,
      'trips:unwatch': Nothing,
    },
  },
} as const satisfies Record<string, { roles: readonly Role[]; requests: Record<string, z.ZodType> }>;

export type Namespace = keyof typeof NAMESPACES;
