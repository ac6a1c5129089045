/** Kind of acknowledgement that a driver app may ask for in its handshake, as `auth.acks`. */
export const COUNTED_ACKS = 'counted';
