/**
 * Every refusal of the service, on sockets and over REST: what was wrong, whether the same request may succeed
 * later unchanged (`retry`), and the HTTP status it has over REST.
 */
export const CODES = {
  NO_TOKEN: { status: 401, retry: false, message: 'A token is required' },
  BAD_TOKEN: { status: 401, retry: false, message: 'The token is malformed or not signed by this service' },
  TOKEN_EXPIRED: {
    status: 401,
    retry: false,
    message: 'The token has expired; connect again with a new one',
  },
  BAD_CLAIMS: { status: 401, retry: false, message: 'The token lacks a valid "sub" or "role"' },
  DEMO_NOT_HERE: {
    status: 403,
    retry: false,
    message:
      'Demo tokens are given at localhost, HEXFLEET_HOST and the names in HEXFLEET_DEMO_HOSTS, to pages of that same address',
  },
  NOT_JSON: { status: 415, retry: false, message: 'Send the body with Content-Type: application/json' },
  WRONG_ROLE: { status: 403, retry: false, message: 'This role may not do that' },
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
  NO_NAMESPACE: { status: 404, retry: false, message: 'Connect to /driver, /rider or /dispatch' },

  BAD_REQUEST: { status: 400, retry: false, message: 'The request does not have the documented shape' },
  BAD_ID: { status: 400, retry: false, message: 'An id is 1 to 64 characters of A-Z a-z 0-9 _ . : @ | + -' },
  BAD_POSITION: { status: 400, retry: false, message: 'lat is a number in [-90, 90], lng in [-180, 180]' },
  NULL_ISLAND: { status: 400, retry: false, message: 'Exactly 0,0 is what a receiver without a fix reports' },
  BAD_TIME: { status: 400, retry: false, message: 't is a whole number of milliseconds since 1970, UTC' },
  TIME_IN_SECONDS: { status: 400, retry: false, message: 't looks like seconds; send milliseconds' },
  TIME_IN_FUTURE: { status: 400, retry: false, message: 't is over a minute in the future; check the clock' },
  TIME_TOO_OLD: { status: 400, retry: false, message: 't is over a day old' },
  BAD_SPEED: { status: 400, retry: false, message: 'speedMps is a number in [0, 1000]' },
  BAD_HEADING: { status: 400, retry: false, message: 'heading is a number in [0, 360)' },
  BAD_ACCURACY: { status: 400, retry: false, message: 'accuracyM is a number in [0, 100000]' },
  BAD_SEQ: { status: 400, retry: false, message: 'seq is a whole number of at least 0' },
  BAD_BATCH: { status: 400, retry: false, message: 'A batch is an array of 1 to 100 fixes' },
  BAD_STATUS: { status: 400, retry: false, message: 'status is available, busy or offline' },
  BAD_RADIUS: { status: 400, retry: false, message: 'radiusM is a number in [1, 5000]' },
  BAD_LIMIT: {
    status: 400,
    retry: false,
    message:
      'limit is a whole number from 1, of nearby drivers and messages to 100, of the audit to 1000, of a fleet to 5000, of a track to 100000',
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
      'bbox is [west, south, east, north] with west < east and south < north; split it at the antimeridian',
  },
  BAD_POLYGON: { status: 400, retry: false, message: 'polygon is lat,lng;lat,lng;… with 3 to 100 corners' },
  BAD_REGION: { status: 400, retry: false, message: 'A region is an H3 cell of resolution 3' },
  BAD_TEXT: { status: 400, retry: false, message: 'text is a string of at most 500 characters' },
  BAD_AREA: { status: 400, retry: false, message: 'Ask for one area: either bbox or polygon' },
  AREA_TOO_LARGE: {
    status: 400,
    retry: false,
    message: 'The area covers too many cells; ask for a smaller one',
  },
  TOO_MANY_WATCHES: { status: 400, retry: false, message: 'Too many drivers are watched on this connection' },
  TOO_MANY_STREAMS: {
    status: 429,
    retry: true,
    message: 'Too many streams are open for this user; close one',
  },
  TOO_MANY_CONNECTIONS: {
    status: 429,
    retry: true,
    message: 'This user has ten connections at this gateway; close one',
  },
  SUPERSEDED: {
    status: 409,
    retry: false,
    message: 'Dropped before it began: a newer request replaced it, or its connection ended',
  },
  TOO_LARGE: { status: 413, retry: false, message: 'The payload is over the size limit' },
  UNKNOWN_EVENT: { status: 400, retry: false, message: 'There is no such event in this namespace' },
  ACK_REQUIRED: { status: 400, retry: false, message: 'Send every request with an acknowledgement function' },

  BAD_FEED_ID: { status: 400, retry: false, message: 'That is not the id of an entry of a feed' },

  NO_SUCH_TRIP: { status: 404, retry: false, message: 'There is no such trip' },
  NOT_YOUR_TRIP: { status: 403, retry: false, message: 'The trip belongs to someone else' },
  TRIP_OVER: { status: 410, retry: false, message: 'The trip is over' },
  BAD_STATE: { status: 409, retry: false, message: 'That does not fit the state that the trip is in' },
  OFFER_OVER: { status: 409, retry: false, message: 'The trip is not offered to you, or not any more' },
  RIDER_ON_TRIP: { status: 409, retry: false, message: 'The rider has an open trip already' },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    retry: false,
    message: 'This Idempotency-Key or id came with another request before',
  },
  DRIVER_ON_TRIP: { status: 409, retry: false, message: 'The driver has an open trip already' },
  BAD_TTL: { status: 400, retry: false, message: 'ttlS is a whole number of seconds in [60, 86400]' },
  TOO_MANY_LINKS: { status: 409, retry: false, message: 'The trip has ten links already; revoke one first' },
  NO_SUCH_LINK: { status: 404, retry: false, message: 'There is no such link' },
  LINK_EXPIRED_OR_REVOKED: { status: 410, retry: false, message: 'The link has expired or was revoked' },
  TOO_MANY_FOLLOWERS: { status: 429, retry: true, message: 'Too many follow this link just now' },
  NO_SUCH_DRIVER: { status: 404, retry: false, message: 'No position is known of that driver' },
  EMPTY_TEXT: { status: 400, retry: false, message: 'The text shows nothing' },
  TEXT_TOO_LONG: { status: 400, retry: false, message: 'A text has at most 2000 characters' },
  CHAT_FULL: { status: 409, retry: false, message: 'The chat of a trip has at most 1000 messages' },
  SUPPORT_ACCESS_OFF: {
    status: 403,
    retry: false,
    message: 'This installation does not let dispatch read chats',
  },
  NOT_FOUND: { status: 404, retry: false, message: 'There is nothing at this address' },

  RATE_LIMITED: { status: 429, retry: true, message: 'Too many requests; slow down' },
  UNAVAILABLE: {
    status: 503,
    retry: true,
    message: 'The store cannot be reached; nothing was taken, try again',
  },
  INTERNAL: { status: 500, retry: true, message: 'Something failed on our side' },
} as const satisfies Record<string, { status: number; retry: boolean; message: string }>;

/** The name of a refusal; each is listed with its meaning in `codes.ts` of the protocol. */
export type Code = keyof typeof CODES;

/** A refusal as it goes over the wire, inside an ack, a `refused` event, a handshake error or a REST body. */
export type Failure = {
  /** what was wrong */
  code: Code;
  /** the same in words, for a developer */
  message: string;
  /** whether the same request may succeed later, unchanged */
  retry: boolean;
};

export const isCode = (value: unknown): value is Code =>
  typeof value === 'string' && Object.hasOwn(CODES, value);

/** Thrown wherever a request is refused; the edge turns it into a {@link Failure}. */
export class ProtocolError extends Error {
  constructor(
    readonly code: Code,
    detail?: string,
  ) {
    super(detail === undefined ? CODES[code].message : `${CODES[code].message} (${detail})`);
    this.name = 'Refusal';
  }

  get failure(): Failure {
    return { code: this.code, message: this.message, retry: CODES[this.code].retry };
  }
}
