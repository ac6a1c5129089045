import { z } from 'zod';
import { COUNTED_ACKS } from './acks.js';
import { CODES, type Code } from './codes.js';
import { Rejection } from './fix-schemas.js';
import { Status } from './schemas.js';

export const Hello = z.object({
  /** gateway that holds the connection */
  node: z.string(),
  /** protocol version of this connection */
  version: z.number(),
  /** server time, epoch ms */
  now: z.number(),
  /** expiry of the accepted token, epoch ms */
  expiresAt: z.number(),
  /** present if the client asked for counted acks and gets them */
  acks: z.literal(COUNTED_ACKS).optional(),
});
/** Sent once to each socket, right after it connected. */
export type Hello = z.infer<typeof Hello>;

export const Leaving = z.object({
  /** time after which to open the new connection, ms; it differs between clients, so that they do not come all at once */
  retryInMs: z.number(),
});
/** Sent when the client should connect again, to another gateway, and then close this connection. */
export type Leaving = z.infer<typeof Leaving>;

export const Stale = z.object({
  /** since when messages do not arrive, epoch ms */
  since: z.number(),
});
/** Sent to watchers while the gateway does not receive what happens; `resync` ends it. */
export type Stale = z.infer<typeof Stale>;
export const DriverStatus = z.object({
  /** status that the driver set last; `offline` also before any, and after dispatch took the driver offline */
  status: Status,
  /** device that the service follows; null while it follows none */
  deviceId: z.string().nullable(),
  /** time of the change, or of the connection, epoch ms */
  at: z.number(),
});
/** Status of a driver, which is the same on all its devices. */
export type DriverStatus = z.infer<typeof DriverStatus>;

export const DeviceReplaced = z.object({
  /** the device that is followed now */
  deviceId: z.string(),
  /** when it went online, epoch ms */
  at: z.number(),
});
/** Another device of the driver went online: it is followed now, and fixes of this one are refused with `OTHER_DEVICE`. */
export type DeviceReplaced = z.infer<typeof DeviceReplaced>;
export const ServiceState = z.object({
  /** `degraded` while positions do not arrive on time: what is shown may be old */
  state: z.enum(['ok', 'degraded']),
});
/** Whether positions arrive on time. After a connection it is `ok` until the service says otherwise. */
export type ServiceState = z.infer<typeof ServiceState>;

export const Refused = z.object({
  /** the request that was refused; `connection` when the service ends the connection */
  event: z.string(),
  code: z.enum(Object.keys(CODES) as [Code, ...Code[]]),
  message: z.string(),
  retry: z.boolean(),
  /** for `fixes`: the rejected ones of a batch that was accepted in part */
  rejected: z.array(Rejection).optional(),
  /** for `fixes` with counted acks: the refused batch, with which counting ends */
  number: z.number().optional(),
});
/** Sent when a request without an acknowledgement function is refused, in whole or in part, or a connection is ended. */
export type Refused = z.infer<typeof Refused>;

export const Acked = z.object({
  /** all batches of the current run up to this number are stored */
  number: z.number(),
  /** the rejected fixes of the batch with this number; absent if there are none */
  rejected: z.array(Rejection).optional(),
});
/** Sent to a client with counted acks, for several batches at once; see `docs/protocol.md`. */
export type Acked = z.infer<typeof Acked>;

export const ServiceTime = z.object({
  /** epoch ms */
  now: z.number(),
});
/** The service's time, with which a client measures how far its clock is off. */
export type ServiceTime = z.infer<typeof ServiceTime>;
