import { z } from 'zod';
import { CODES, type Code } from './codes.js';
import { NAMESPACES } from './namespaces.js';
import { Role } from './roles.js';
import { NearestPlace } from './zone-effects.js';

/** Failure over REST: RFC 9457 problem details, plus the fields that every refusal has. */
export const Problem = z.object({
  /** relative reference to the code's entry on the documentation page */
  type: z.string(),
  /** meaning of the code, always the same text */
  title: z.string(),
  /** HTTP status */
  status: z.int(),
  /** reason why this request was refused */
  detail: z.string(),
  /** path of the request, without its query */
  instance: z.string(),
  /** code of the refusal */
  code: z.enum(Object.keys(CODES) as [Code, ...Code[]]),
  /** the same as `detail` */
  message: z.string(),
  /** whether the same request may succeed later, unchanged */
  retry: z.boolean(),
  /** nearest place where the request would be accepted, for codes about a place */
  nearest: NearestPlace.optional(),
});
export type Problem = z.infer<typeof Problem>;

export const NodeState = z.object({
  /** unique name */
  node: z.string(),
  /** kind of process */
  role: z.enum(['gateway', 'processor']),
  /** base address of the process itself, for health checks */
  url: z.string(),
  /** base address of its metrics and of the details of its readiness; missing for a process of version 0.2 or before */
  metricsUrl: z.string().optional(),
  /** epoch ms */
  startedAt: z.number(),
  /** time of this report, epoch ms */
  at: z.number(),
  /** clients per namespace; a processor has none */
  connections: z.object({
    /** sockets of `/driver` */
    driver: z.number(),
    /** sockets of `/rider` */
    rider: z.number(),
    /** sockets of `/dispatch` */
    dispatch: z.number(),
  }),
  /** distinct users among the clients */
  users: z.number(),
  /** fixes accepted or handled per second */
  fixesPerS: z.number(),
  /** median time from receipt by the gateway to the broadcast, ms; null without fixes */
  delayP50Ms: z.number().nullable(),
  /** 99th percentile of the same time, ms */
  delayP99Ms: z.number().nullable(),
  /** stream entries not read yet */
  lag: z.number(),
});
/** One process of the installation in GET /api/nodes. Rates are per second, times in milliseconds. */
export type NodeState = z.infer<typeof NodeState>;

export const MapSettings = z.object({
  /** public Mapbox token: the pages then use Mapbox's library and maps; null for MapLibre */
  mapboxToken: z.string().nullable(),
  /** URLs of MapLibre styles; null for the bundled style, which is also the fallback when these cannot be reached */
  styles: z.object({ light: z.string(), dark: z.string() }).nullable(),
});
/** Public map settings of the pages, in GET /api/map. */
export type MapSettings = z.infer<typeof MapSettings>;

export const AuditAction = z.enum([
  'chat:history',
  'trip:request',
  'trip:assign',
  'trip:cancel',
  'trip:change',
  'trip:share',
  'alert:send',
  'alert:withdraw',
  'user:notice',
  'user:disconnect',
  'user:erase',
  'user:export',
  'presence:view',
  'driver:profile',
  'driver:view',
  'track:view',
  'log:view',
  'fleet:view',
  'history:view',
  'token:refused',
  'driver:offline',
  'zones:import',
  'zones:publish',
  'zones:unlock',
]);
/** Privileged action, view of personal data, or refused token, recorded in the audit log. */
export type AuditAction = z.infer<typeof AuditAction>;

export const AuditEntry = z.object({
  /** grows with every entry */
  id: z.string(),
  /** epoch ms */
  at: z.number(),
  /** user who acted, from the token, or a pseudonym if that user was erased; empty for the service itself */
  by: z.string(),
  /** role of that user, from the token */
  role: Role,
  /** action that was attempted: it is recorded before it is done */
  action: AuditAction,
  /** trip that the action is about */
  tripId: z.string().optional(),
  /** user that the action affects */
  userId: z.string().optional(),
  /** text that was sent, or state that was requested; for zones their region, and the comment of a version */
  text: z.string().optional(),
  /** number of times within five minutes; missing for one */
  count: z.number().optional(),
  /** last of these times, epoch ms */
  lastAt: z.number().optional(),
});
/** One entry of the audit log. */
export type AuditEntry = z.infer<typeof AuditEntry>;

export const UserConnection = z.object({
  /** gateway that holds the connection */
  node: z.string(),
  /** namespace of the connection */
  namespace: z.enum(NAMESPACES),
  /** Socket.IO id */
  socketId: z.string(),
  /** time of the connection, epoch ms */
  since: z.number(),
  /** device of a driver: two of them are two phones with one login, of which one is followed */
  deviceId: z.string().optional(),
});
/** One socket of a user. */
export type UserConnection = z.infer<typeof UserConnection>;

export const Presence = z.object({
  /** the user */
  userId: z.string(),
  /** whether the user has any connection */
  online: z.boolean(),
  /** epoch ms; the current time while online, null if the user was never seen */
  lastSeenAt: z.number().nullable(),
  /** oldest first */
  connections: z.array(UserConnection),
});
/** GET /api/users/:id/presence: the connections of a user. */
export type Presence = z.infer<typeof Presence>;

export const Disconnected = z.object({ connections: z.number() });
/** DELETE /api/users/:id/connections: number of known connections, which are being closed. */
export type Disconnected = z.infer<typeof Disconnected>;

export const ErasureReport = z.object({
  /** stands for the user in the trips of others and in the audit log; nothing leads from it to the user */
  pseudonym: z.string(),
  /** data that was erased, or rewritten without the user */
  erased: z.array(
    z.object({
      /** kind of data */
      kind: z.string(),
      /** number of its keys, records or entries */
      count: z.number(),
    }),
  ),
  /** data that remains, under the pseudonym */
  remains: z.array(
    z.object({
      /** kind of data */
      kind: z.string(),
      /** number of its records or entries */
      count: z.number(),
      /** reason why it remains, and in which form */
      why: z.string(),
    }),
  ),
  /** when the service repeats the erasure, for what was in flight, and then forgets the id, epoch ms; null if it has */
  repeatAt: z.number().nullable(),
});
/** DELETE /api/users/:id/data: data that was erased, and data that remains. */
export type ErasureReport = z.infer<typeof ErasureReport>;

export const UserExport = z.object({
  /** the user */
  userId: z.string(),
  /** start of the export, epoch ms */
  exportedAt: z.number(),
  /** all that is stored about the user, by kind */
  data: z.record(z.string(), z.array(z.unknown())),
});
/** GET /api/users/:id/data: everything that is stored about a user. */
export type UserExport = z.infer<typeof UserExport>;
