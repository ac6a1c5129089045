import { z } from 'zod';
import { Id } from './schemas.js';
import type { Vehicle } from './wire.js';
import { ROLES } from './wire.js';

/** POST /api/dev/tokens, in the demo only. */
export const TokenRequest = z.object(
  { role: z.enum(ROLES, { error: 'BAD_CLAIMS' }), sub: Id },
  { error: 'BAD_REQUEST' },
);
export type TokenRequest = z.infer<typeof TokenRequest>;

/** One driver of GET /api/nearby, for a service or a dispatcher. */
export type NearbyDriver = {
  /** the `sub` of its token */
  driverId: string;
  /** degrees */
  lat: number;
  /** degrees */
  lng: number;
  /** degrees clockwise from true north, [0, 360) */
  heading: number;
  /** whether it takes a trip, or is on one */
  status: Vehicle['status'];
  /** from the place that was asked for */
  distanceM: number;
  /** since the fix was taken */
  ageMs: number;
};

/** One car of GET /api/nearby, for a rider: a pseudonym instead of the driver's id. */
export type NearbyCar = Vehicle & {
  /** from the place that was asked for */
  distanceM: number;
  /** since the fix was taken */
  ageMs: number;
};

/** How the fixes of one driver were decided that did not simply move it. */
export type DecisionCounts = {
  /** older than the newest accepted one */
  late: number;
  /** of the same time as the newest accepted one */
  repeated: number;
  /** farther away than a car can be by then */
  implausible: number;
  /** malformed, or of a time that is yet to come */
  refused: number;
};

/** GET /api/drivers/:id, for a service or a dispatcher. */
export type DriverState = {
  /** the `sub` of its token */
  driverId: string;
  /** `offline` also of one that fell silent */
  status: 'available' | 'busy' | 'offline';
  /** the last one, and how long ago its fix was taken; null when it was never heard */
  position: (Omit<Vehicle, 'id' | 'status'> & { ageMs: number }) | null;
  /** since its record was made */
  counts: DecisionCounts;
};

/** One process of the installation, in GET /api/nodes. Rates are per second, times in milliseconds. */
export type NodeState = {
  /** its name, of its own in the installation */
  node: string;
  /** what it does */
  role: 'gateway' | 'processor';
  /** base address of the process itself, for health checks and metrics */
  url: string;
  /** epoch ms */
  startedAt: number;
  /** when it said this, epoch ms */
  at: number;
  /** of each namespace; none of a processor */
  connections: { driver: number; rider: number; dispatch: number };
  /** taken by a gateway, decided by a processor */
  fixesPerS: number;
  /** from the gateway's receipt of a fix to its broadcast; null when nothing flowed */
  delayP50Ms: number | null;
  /** the same, of the slowest hundredth */
  delayP99Ms: number | null;
  /** stream entries not read yet */
  lag: number;
};
