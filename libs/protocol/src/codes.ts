import type { NearestPlace } from './zone-effects.js';

/**
 * Every refusal of the service, on sockets and over REST: the reason, whether the same request may succeed later unchanged
 * (`retry`), and the HTTP status over REST.
 */
export const CODES = {
  NO_TOKEN: { status: 401, retry: false, message: 'A token is required' },
  BAD_TOKEN: { status: 401, retry: false, message: 'The token is malformed or not signed by this service' },
  TOKEN_EXPIRED: {
    status: 401,
    retry: false,
    message: 'The token has expired; connect again with a new one',
  },
  BAD_CLAIMS: {
    status: 401,
    retry: false,
    message: 'A required claim of the token is missing, or a claim cannot be accepted',
  },
  DEMO_NOT_HERE: {
    status: 403,
    retry: false,
    message:
      'Demo tokens are issued only on localhost, HEXFLEET_HOST and the hosts in HEXFLEET_DEMO_HOSTS, to pages of the same origin',
  },
  NOT_JSON: { status: 415, retry: false, message: 'Send the body with Content-Type: application/json' },
  WRONG_ROLE: { status: 403, retry: false, message: 'This role may not do that' },
  NOT_IN_SCOPE: {
    status: 403,
    retry: false,
    message: 'The fleet or the regions of the token do not include this',
  },
  READ_ONLY: { status: 403, retry: false, message: 'The token lets its user only look' },
  OTHER_USER: {
    status: 403,
    retry: false,
    message: 'The token belongs to someone else; connect again to become another user',
  },
  BAD_VERSION: {
    status: 400,
    retry: false,
    message: 'The service does not speak this version of the protocol',
  },
  BAD_ORIGIN: {
    status: 403,
    retry: false,
    message: 'Pages of this origin may not connect',
  },
  NO_NAMESPACE: { status: 404, retry: false, message: 'Connect to /driver, /rider or /dispatch' },

  BAD_REQUEST: { status: 400, retry: false, message: 'The request does not have the documented shape' },
  BAD_ID: {
    status: 400,
    retry: false,
    message: 'An id is 1 to 64 characters of A-Z a-z 0-9 _ . : @ | + - and neither . nor ..',
  },
  BAD_POSITION: { status: 400, retry: false, message: 'lat is a number in [-90, 90], lng in [-180, 180]' },
  NULL_ISLAND: {
    status: 400,
    retry: false,
    message: 'lat and lng are both 0, which a receiver without a fix reports',
  },
  BAD_TIME: { status: 400, retry: false, message: 't is a number of milliseconds since 1970, UTC' },
  TIME_IN_SECONDS: { status: 400, retry: false, message: 't looks like seconds; send milliseconds' },
  TIME_IN_FUTURE: {
    status: 400,
    retry: false,
    message: 't is more than a minute in the future; check the clock',
  },
  TIME_TOO_OLD: { status: 400, retry: false, message: 't is more than a day old' },
  BAD_SPEED: {
    status: 400,
    retry: false,
    message: 'speedMps is a number up to 1000',
  },
  BAD_HEADING: {
    status: 400,
    retry: false,
    message: 'heading is a number up to 360',
  },
  BAD_ACCURACY: {
    status: 400,
    retry: false,
    message: 'accuracyM is a number up to 100000',
  },
  BAD_ALTITUDE: { status: 400, retry: false, message: 'altitudeM is a number in [-12000, 100000]' },
  BAD_BATTERY: {
    status: 400,
    retry: false,
    message: 'batteryPct is a number up to 100',
  },
  BAD_SEQ: { status: 400, retry: false, message: 'seq is a whole number of at least 0' },
  BAD_BATCH: { status: 400, retry: false, message: 'A batch is an array of 1 to 100 fixes' },
  BAD_STATUS: { status: 400, retry: false, message: 'status is available, busy or offline' },
  BAD_RADIUS: { status: 400, retry: false, message: 'radiusM is a number in [1, 5000]' },
  BAD_LIMIT: {
    status: 400,
    retry: false,
    message:
      'limit is a whole number from 1 to 100 (nearby drivers, messages), 500 (search), 1000 (audit), 5000 (fleet) or 100000 (track)',
  },
  BAD_SPAN: {
    status: 400,
    retry: false,
    message: 'from and to are epoch milliseconds, from <= to, at most 7 days apart',
  },
  BAD_BBOX: {
    status: 400,
    retry: false,
    message:
      'bbox is [west, south, east, north] with south < north; west > east if it crosses the antimeridian',
  },
  BAD_POLYGON: { status: 400, retry: false, message: 'polygon is lat,lng;lat,lng;… with 3 to 100 corners' },
  BAD_REGION: { status: 400, retry: false, message: 'A region is an H3 cell of resolution 3' },
  BAD_SEARCH: { status: 400, retry: false, message: 'text of a search is a string of at most 64 characters' },
  BAD_TEXT: { status: 400, retry: false, message: 'text is a string of at most 500 characters' },
  BAD_AREA: { status: 400, retry: false, message: 'Send exactly one valid area' },
  AREA_TOO_LARGE: {
    status: 400,
    retry: false,
    message: 'The area covers too many cells; request a smaller one',
  },
  TOO_MANY_WATCHES: {
    status: 400,
    retry: false,
    message: 'This connection watches too many drivers or regions',
  },
  TOO_MANY_STREAMS: {
    status: 429,
    retry: true,
    message: 'This user has too many open streams; close one',
  },
  GATEWAY_BUSY: {
    status: 503,
    retry: true,
    message: 'Too many clients are connecting to this gateway; try again after retryInMs',
  },
  TOO_MANY_CONNECTIONS: {
    status: 429,
    retry: true,
    message: 'This user already has ten connections to this gateway; close one',
  },
  SUPERSEDED: {
    status: 409,
    retry: false,
    message: 'The request was dropped before it started: a newer one replaced it, or the connection ended',
  },
  TOO_LARGE: { status: 413, retry: false, message: 'The payload exceeds the size limit' },
  UNKNOWN_EVENT: { status: 400, retry: false, message: 'This namespace has no such event' },
  ACK_REQUIRED: { status: 400, retry: false, message: 'Send every request with an acknowledgement function' },

  BAD_FEED_ID: { status: 400, retry: false, message: 'This is not the id of a feed entry' },

  OUTSIDE_SERVICE_AREA: {
    status: 422,
    retry: false,
    message: 'The pick-up is outside the service area; nearest is a place inside',
  },
  DROPOFF_OUTSIDE_SERVICE_AREA: {
    status: 422,
    retry: false,
    message: 'The destination is outside the service area; nearest is a place inside',
  },
  NO_STREET_AT_PICKUP: {
    status: 422,
    retry: false,
    message: 'No street is near the pick-up; nearest is a place at one',
  },
  NO_STREET_AT_DROPOFF: {
    status: 422,
    retry: false,
    message: 'No street is near the destination; nearest is a place at one',
  },
  NO_PICKUP_HERE: {
    status: 422,
    retry: false,
    message: 'Pick-ups are not allowed in this zone; nearest is a place where they are',
  },
  NO_DROPOFF_HERE: {
    status: 422,
    retry: false,
    message: 'Trips may not end in this zone; nearest is a place where they may',
  },
  PICKUP_POINT_REQUIRED: {
    status: 422,
    retry: false,
    message: 'Riders are picked up at named points here; if the rider agrees, request again from nearest',
  },
  NO_SUCH_QUEUE: { status: 404, retry: false, message: 'There is no such queue' },

  BAD_EXPIRY: {
    status: 400,
    retry: false,
    message: 'expiresAt is epoch milliseconds, in the future and at most 24 hours ahead',
  },
  TOO_MANY_ALERTS: {
    status: 409,
    retry: true,
    message: 'A hundred alerts are active; try again once one of them has expired',
  },

  NO_SUCH_TRIP: { status: 404, retry: false, message: 'There is no such trip' },
  NOT_YOUR_TRIP: { status: 403, retry: false, message: 'The trip belongs to someone else' },
  TRIP_OVER: { status: 410, retry: false, message: 'The trip is over' },
  BAD_STATE: { status: 409, retry: false, message: 'The current state of the trip does not allow this' },
  WRONG_PIN: { status: 403, retry: false, message: 'The rider’s PIN is missing or wrong' },
  TOO_MANY_PINS: {
    status: 429,
    retry: false,
    message: 'Too many wrong PINs were entered for this trip; dispatch can start it',
  },
  NO_SHOW_TOO_EARLY: {
    status: 409,
    retry: true,
    message: 'The rider has longer to come; noShowAt of the trip says until when',
  },
  BAD_PIN: { status: 400, retry: false, message: 'A PIN has four digits' },
  BAD_RATING: { status: 400, retry: false, message: 'stars is a whole number from 1 to 5' },
  OFFER_OVER: { status: 409, retry: false, message: 'The trip is not, or no longer, offered to you' },
  RIDER_ON_TRIP: { status: 409, retry: false, message: 'The rider already has an open trip' },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    retry: false,
    message: 'This Idempotency-Key or id was already used for a different request',
  },
  DRIVER_ON_TRIP: { status: 409, retry: false, message: 'The driver already has an open trip' },
  USER_ON_TRIP: {
    status: 409,
    retry: true,
    message: 'The user is on a trip, or has the offer of one; it can be erased after that',
  },
  OTHER_DEVICE: {
    status: 409,
    retry: false,
    message:
      'This driver went online on another device, which is followed now; set a status here to be followed again',
  },
  BAD_TTL: { status: 400, retry: false, message: 'ttlS is a whole number of seconds in [60, 86400]' },
  TOO_MANY_LINKS: { status: 409, retry: false, message: 'The trip already has ten links; revoke one first' },
  NO_SUCH_LINK: { status: 404, retry: false, message: 'There is no such link' },
  LINK_EXPIRED_OR_REVOKED: { status: 410, retry: false, message: 'The link has expired or was revoked' },
  TOO_MANY_FOLLOWERS: { status: 429, retry: true, message: 'Too many clients follow this link right now' },
  NO_SUCH_DRIVER: { status: 404, retry: false, message: 'No position of this driver is known' },
  EMPTY_TEXT: { status: 400, retry: false, message: 'The text has no visible characters' },
  TEXT_TOO_LONG: { status: 400, retry: false, message: 'A text has at most 2000 characters' },
  CHAT_FULL: { status: 409, retry: false, message: 'The chat of a trip has at most 1000 messages' },
  SUPPORT_ACCESS_OFF: {
    status: 403,
    retry: false,
    message: 'This installation does not let dispatch read chats',
  },
  BAD_PUSH_ENDPOINT: {
    status: 400,
    retry: false,
    message: 'The endpoint is not the https address of a push service that this installation sends to',
  },
  BAD_PROFILE: {
    status: 400,
    retry: false,
    message: 'A driver profile does not have the documented shape',
  },
  BAD_ZONE: {
    status: 400,
    retry: false,
    message: 'A zone or one of its rules does not have the documented shape',
  },
  BAD_GEOJSON: {
    status: 400,
    retry: false,
    message: 'The input is not GeoJSON of zones; nothing was imported',
  },
  BAD_UPDATE: {
    status: 400,
    retry: false,
    message: 'The update of the draft cannot be read, or holds what a draft of zones never holds',
  },
  MISSING_UPDATE: {
    status: 409,
    retry: false,
    message: 'The update builds on one that the service does not have; open the draft again',
  },
  OTHER_EDITOR: {
    status: 403,
    retry: false,
    message: 'The update contains edits under the client id of another user',
  },
  UPDATE_TOO_LARGE: {
    status: 413,
    retry: false,
    message: 'An update of a draft has at most 65536 bytes; send it in parts',
  },
  DRAFT_NOT_OPEN: { status: 409, retry: false, message: 'Open the draft of the region first' },
  DRAFT_FULL: {
    status: 409,
    retry: false,
    message: 'The draft of a region has at most 8 MB; remove zones or simplify them',
  },
  TOO_MANY_ZONES: { status: 409, retry: false, message: 'A region has at most 1000 zones' },
  ZONE_LOCKED: { status: 409, retry: false, message: 'Another user has locked this zone' },
  NO_SUCH_ALERT: { status: 404, retry: false, message: 'There is no such alert, or it has expired' },
  NO_SUCH_ZONE: { status: 404, retry: false, message: 'There is no such zone in the draft' },
  NO_SUCH_VERSION: { status: 404, retry: false, message: 'No such version of the zones was published' },
  ZONES_CHANGED: {
    status: 409,
    retry: false,
    message: 'The draft or the published version has changed since it was compared; compare again',
  },
  ZONES_INVALID: { status: 422, retry: false, message: 'The zones cannot be published' },
  NO_ZONES: {
    status: 422,
    retry: false,
    message: 'The version has no zones; send `allowEmpty` to publish it nevertheless',
  },
  NOT_FOUND: { status: 404, retry: false, message: 'There is nothing at this path' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retry: false,
    message: 'This path does not have this method',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    retry: false,
    message: 'None of the types in Accept is available',
  },

  RATE_LIMITED: { status: 429, retry: true, message: 'Too many requests; slow down' },
  SLOW_READER: {
    status: 429,
    retry: true,
    message:
      'The client reads more slowly than the service sends, so the connection was ended; connect again',
  },
  UNAVAILABLE: {
    status: 503,
    retry: true,
    message: 'The store is unavailable and nothing was saved; try again',
  },
  STORE_FORBIDDEN: {
    status: 500,
    retry: false,
    message: 'The store does not let the service do this; an operator has to permit it',
  },
  INTERNAL: { status: 500, retry: true, message: 'Something failed on our side' },
} as const satisfies Record<string, { status: number; retry: boolean; message: string }>;

/** Name of a refusal; `codes.ts` of the protocol lists each with its meaning. */
export type Code = keyof typeof CODES;

/** Failure on the wire: inside an ack, a `refused` event, a handshake error or a REST body. */
export type Failure = {
  /** reason of the refusal */
  code: Code;
  /** reason in words, for a developer */
  message: string;
  /** whether the same request may succeed later, unchanged */
  retry: boolean;
  /** nearest place where the request would be accepted, for codes about a place */
  nearest?: NearestPlace;
};

export const isCode = (value: unknown): value is Code =>
  typeof value === 'string' && Object.hasOwn(CODES, value);

/** Error with a code of the protocol, thrown wherever a request is refused; the edge turns it into a {@link Failure}. */
export class ProtocolError extends Error {
  constructor(
    readonly code: Code,
    detail?: string,
    readonly nearest?: NearestPlace,
  ) {
    super(detail === undefined ? CODES[code].message : `${CODES[code].message} (${detail})`);
    this.name = 'ProtocolError';
  }

  get failure(): Failure {
    const failure = { code: this.code, message: this.message, retry: CODES[this.code].retry };
    return this.nearest === undefined ? failure : { ...failure, nearest: this.nearest };
  }
}
