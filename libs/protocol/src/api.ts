import { z } from 'zod';
import type { Vehicle } from './fleet.js';
import { ROLES } from './roles.js';
import { Id } from './schemas.js';

/** POST /api/dev/tokens, in the demo only. */
export const TokenRequest = z.object(
  { role: z.enum(ROLES, { error: 'BAD_CLAIMS' }), sub: Id },
  { error: 'BAD_REQUEST' },
);
export type TokenRequest = z.infer<typeof TokenRequest>;

/** One driver of GET /api/nearby, for a service or a dispatcher. */
export type NearbyDriver = {
  /** the user who drives */
  driverId: string;
  /** degrees north */
  lat: number;
  /** degrees east */
  lng: number;
  /** degrees clockwise from true north, [0, 360) */
  heading: number;
  /** whether it is free for a trip */
  status: Vehicle['status'];
  /** from the pin, metres */
  distanceM: number;
  /** since the fix was taken, ms */
  ageMs: number;
};

/** One car of GET /api/nearby, for a rider: a pseudonym instead of the driver's id. */
export type NearbyCar = Vehicle & {
  /** from the pin, metres */
  distanceM: number;
  /** since the fix was taken, ms */
  ageMs: number;
};

/** How the fixes of one driver were decided that did not simply move it. */
export type DecisionCounts = {
  /** older than the newest: part of the track, moved nobody */
  late: number;
  /** as old as the newest: sent or delivered again */
  repeated: number;
  /** too far away to be true */
  implausible: number;
  /** malformed, or from the future */
  refused: number;
};

/** GET /api/drivers/:id, for a service or a dispatcher. */
export type DriverState = {
  /** the user who drives */
  driverId: string;
  /** `offline` when it said so, or fell silent */
  status: 'available' | 'busy' | 'offline';
  /** the newest, with its age; null before the first */
  position: (Omit<Vehicle, 'id' | 'status'> & Pick<NearbyCar, 'ageMs'>) | null;
  /** fixes since the driver was first heard */
  counts: DecisionCounts;
};

/** One process of the installation, in GET /api/nodes. Rates are per second, times in milliseconds. */
export type NodeState = {
  /** its name, unique */
  node: string;
  /** what it does */
  role: 'gateway' | 'processor';
  /** base address of the process itself, for health checks and metrics */
  url: string;
  /** epoch ms */
  startedAt: number;
  /** when it said this, epoch ms */
  at: number;
  /** clients of each namespace; of a processor none */
  connections: Record<'driver' | 'rider' | 'dispatch', number>;
  /** different users among them */
  users: number;
  /** fixes taken or handled in a second */
  fixesPerS: number;
  /** half of the fixes took less from the gateway's receipt to the broadcast, ms; null when nothing flowed */
  delayP50Ms: number | null;
  /** 99 of 100 took less, ms */
  delayP99Ms: number | null;
  /** stream entries not read yet */
  lag: number;
};

/** Which map the pages show, in GET /api/map; for anyone. */
export type MapSettings = {
  /** a public token of Mapbox, whose library and maps are used then; null for MapLibre */
  mapboxToken: string | null;
  /** addresses of MapLibre styles; null for the bundled one alone, which is used as well where these cannot be reached */
  styles: { light: string; dark: string } | null;
};
