import { z } from 'zod';
import type { DriverPosition } from './fleet.js';
import type { Eta, TripState } from './trips.js';

const BAD_TTL = { error: 'BAD_TTL' };

/** POST /api/trips/:id/share; a link holds for four hours unless told otherwise. */
export const ShareRequest = z
  .object(
    { ttlS: z.int(BAD_TTL).min(60, BAD_TTL).max(86_400, BAD_TTL).default(14_400) },
    { error: 'BAD_REQUEST' },
  )
  .prefault({});
export type ShareRequest = z.infer<typeof ShareRequest>;

/** 24 random bytes, base64url. */
export const ShareToken = z.string({ error: 'NO_SUCH_LINK' }).regex(/^[A-Za-z0-9_-]{32}$/, 'NO_SUCH_LINK');

/** A link to a trip. */
export type ShareLink = {
  /** whoever has it sees the trip */
  token: string;
  /** path of a page that shows it */
  url: string;
  /** when it opens nothing any more, epoch ms */
  expiresAt: number;
};

/** The states of a trip as they are told to those who have a link: whether somebody is asked is not their business. */
export type SharedState = Exclude<TripState, 'offered'>;

export type SharedPosition = Omit<DriverPosition, 'driverId'>;

/** GET /api/share/:token: where the car is and when it will be there; nothing of who, and nothing of from where to where. */
export type SharedTrip = {
  state: SharedState;
  /** null unless a driver is on its way and was heard */
  position: SharedPosition | null;
  eta: Eta | null;
};

/** Why nothing comes any more: the trip is over, or the link is. */
export type ShareEnd = { reason: 'completed' | 'cancelled' | 'expired' | 'revoked' };

/** The events of GET /api/share/:token/events and their data. After `end` there are none. */
export type ShareEvents = {
  state: { state: SharedState };
  position: SharedPosition;
  eta: Eta;
  end: ShareEnd;
};
