import { z } from 'zod';
import { CODES, type Code } from './codes.js';
import { Rejection } from './fix-schemas.js';

export const Hello = z.object({
  /** gateway that holds the connection */
  node: z.string(),
  /** protocol version of this connection */
  version: z.number(),
  /** server time, epoch ms */
  now: z.number(),
  /** expiry of the accepted token, epoch ms */
  expiresAt: z.number(),
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
});
/** Sent when a request without an acknowledgement function is refused, in whole or in part, or a connection is ended. */
export type Refused = z.infer<typeof Refused>;

export const ServiceTime = z.object({
  /** epoch ms */
  now: z.number(),
});
/** The service's time, with which a client measures how far its clock is off. */
export type ServiceTime = z.infer<typeof ServiceTime>;
