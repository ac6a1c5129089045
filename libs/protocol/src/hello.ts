import { z } from 'zod';
import { CODES, type Code } from './codes.js';
import { Rejection } from './schemas.js';

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

export const ServiceState = z.object({
  /** `degraded` while positions do not arrive on time: what is shown may be old */
  state: z.enum(['ok', 'degraded']),
});
/** Whether positions arrive on time. After a connection it is `ok` until the service says otherwise. */
export type ServiceState = z.infer<typeof ServiceState>;

export const Refused = z.object({
  /** the request that was refused */
  event: z.string(),
  code: z.enum(Object.keys(CODES) as [Code, ...Code[]]),
  message: z.string(),
  retry: z.boolean(),
  /** for `fixes`: the rejected ones of a batch that was accepted in part */
  rejected: z.array(Rejection).optional(),
});
/** Sent when a request without an acknowledgement function is refused, in whole or in part. */
export type Refused = z.infer<typeof Refused>;
