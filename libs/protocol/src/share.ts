import { z } from 'zod';
import type { SharedDriver, SharedPosition, SharedState } from './answer-schemas.js';
import type { Eta } from './trip-schemas.js';

const BAD_TTL = { error: 'BAD_TTL' };

/** POST /api/trips/:id/share; a link is valid for four hours by default. */
export const ShareRequest = z
  .object(
    {
      ttlS: z.int(BAD_TTL).min(60, BAD_TTL).max(86_400, BAD_TTL).default(14_400),
      /** whether the link shows the pick-up, the destination and the route, besides the car */
      places: z.boolean({ error: 'BAD_REQUEST' }).default(false),
    },
    { error: 'BAD_REQUEST' },
  )
  .prefault({});
export type ShareRequest = z.infer<typeof ShareRequest>;

/** Token of a share link: 24 random bytes, base64url. */
export const ShareToken = z.string({ error: 'NO_SUCH_LINK' }).regex(/^[A-Za-z0-9_-]{32}$/, 'NO_SUCH_LINK');

/** Reason why the stream of a share link ended: the trip is over, or the link expired or was revoked. */
export type ShareEnd = { reason: 'completed' | 'cancelled' | 'expired' | 'revoked' };

/** Events of GET /api/share/:token/events and their data. `end` is the last one. */
export type ShareEvents = {
  state: { state: SharedState; driver: SharedDriver | null };
  position: SharedPosition;
  eta: Eta;
  end: ShareEnd;
};
