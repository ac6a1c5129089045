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
  driverId: string;
  lat: number;
  lng: number;
  heading: number;
  status: Vehicle['status'];
  distanceM: number;
  /** since the fix was taken */
  ageMs: number;
};

/** One car of GET /api/nearby, for a rider: a pseudonym instead of the driver's id. */
export type NearbyCar = Vehicle & { distanceM: number; ageMs: number };

/** How the fixes of one driver were decided that did not simply move it. */
export type DecisionCounts = { late: number; repeated: number; implausible: number; refused: number };

/** GET /api/drivers/:id, for a service or a dispatcher. */
export type DriverState = {
  driverId: string;
  status: 'available' | 'busy' | 'offline';
  position: (Omit<Vehicle, 'id' | 'status'> & { ageMs: number }) | null;
  counts: DecisionCounts;
};

/** One process of the installation, in GET /api/nodes. Rates are per second, times in milliseconds. */
export type NodeState = {
  node: string;
  role: 'gateway' | 'processor';
  /** base address of the process itself, for health checks and metrics */
  url: string;
  startedAt: number;
  at: number;
  connections: { driver: number; rider: number; dispatch: number };
  /** different users among them */
  users: number;
  fixesPerS: number;
  /** from the gateway's receipt of a fix to its broadcast; null when nothing flowed */
  delayP50Ms: number | null;
  delayP99Ms: number | null;
  /** stream entries not read yet */
  lag: number;
};
