import { z } from 'zod';
import { CODES, type Code } from './codes.js';
import { Rejection } from './schemas.js';

export const Hello = z.object({
  /** the gateway that holds it */
  node: z.string(),
  /** version of the protocol that is spoken on this connection */
  version: z.number(),
  /** time of the server, epoch ms */
  now: z.number(),
  /** when the token that it accepted expires, epoch ms */
  expiresAt: z.number(),
});
/** Sent to a socket once, right after it connected. */
export type Hello = z.infer<typeof Hello>;

export const Refused = z.object({
  /** the request that was refused */
  event: z.string(),
  code: z.enum(Object.keys(CODES) as [Code, ...Code[]]),
  message: z.string(),
  retry: z.boolean(),
  /** of `fixes`, those that were not taken, where others were */
  rejected: z.array(Rejection).optional(),
});
/** Sent when a request without an acknowledgement function is refused, in whole or in part. */
export type Refused = z.infer<typeof Refused>;
