import { z } from 'zod';
import {
  ChatAbout,
  ChatHistory,
  ChatMark,
  ChatMessage,
  ChatPage,
  ChatReceipt,
  ChatSend,
  ChatTyping,
} from './chat-schemas.js';
import { FeedResume } from './feed.js';
import { FeedPart } from './feed-schemas.js';
import { MAX_FIXES_PER_BATCH } from './fix.js';
import { Fix, FixesAnswer } from './fix-schemas.js';
import { CellCount, DriverGone, DriverPosition, FleetView, Frame, NearbyView } from './fleet.js';
import { DeviceReplaced, Hello, Leaving, Refused, ServiceState, ServiceTime, Stale } from './hello.js';
import type { Namespace } from './namespaces.js';
import { Notice } from './notices.js';
import { TripPresence } from './presence.js';
import { Incident, RegionAlert, RegionUnwatch, RegionWatch, Surge } from './regions.js';
import type { Role } from './roles.js';
import { Sampling } from './sampling-schema.js';
import { DriverWatch, FleetWatch, NearbyWatch, Nothing, Status, TokenRenewal, TripWatch } from './schemas.js';
import { OfferedTrip, OfferOver, Trip, TripEta, WatchedTrip } from './trip-schemas.js';

/** Answer to a request that returns nothing. */
const Done: z.ZodType<object> = z.object({});

/** Request that a client sends. The sentence goes into the generated documents. */
const request = <P extends z.ZodType, A extends z.ZodType<object>>(payload: P, answer: A, doc: string) => ({
  payload,
  answer,
  doc,
  mustAck: true,
});

/** Message that the service sends on its own, once: a disconnected client misses it. */
const push = <P extends z.ZodType<object>>(payload: P, doc: string) => ({
  payload,
  doc,
  kept: false as const,
});

/** Message that the service appends to a feed and then sends with the id of its entry. */
const keptPush = <P extends z.ZodType<object>>(payload: P, doc: string) => ({
  payload,
  doc,
  kept: true as const,
});

const COMMON_REQUESTS = {
  clock: request(
    Nothing,
    ServiceTime,
    "Returns the service's time, epoch ms, with which a client measures how far its clock is off.",
  ),
  token: request(
    TokenRenewal,
    z.object({ expiresAt: z.number() }),
    'Renews the token of the connection, for the same user and role; the connection lasts until the new one expires.',
  ),
};
const COMMON_PUSHES = {
  hello: push(Hello, 'Sent once, right after the connection is accepted.'),
  leaving: push(
    Leaving,
    'The gateway stops or has too many clients: open a new connection after `retryInMs`, then close this one; see [moving](#moving-to-another-gateway).',
  ),
  resync: push(
    Done,
    'Pushes were missed: request again what the client watches, and resume its feed; see [gaps](#gaps).',
  ),
  refused: push(
    Refused,
    'A request without an acknowledgement function was refused; with the event `connection`, why the service ends this connection.',
  ),
};

const CHAT_HISTORY = request(ChatHistory, ChatPage, 'Returns one page of a chat, in order of `seq`.');
const CHAT_REQUESTS = {
  'chat:send': request(
    ChatSend,
    z.object({ message: ChatMessage }),
    'Stores a message, then sends it to both parties. Sending the same `id` again stores nothing new.',
  ),
  'chat:history': CHAT_HISTORY,
  'chat:delivered': request(
    ChatMark,
    z.object({ unread: z.number() }),
    'Records that the messages up to `seq` were delivered.',
  ),
  'chat:read': request(
    ChatMark,
    z.object({ unread: z.number() }),
    'Records that the messages up to `seq` were read.',
  ),
  'chat:typing': request(ChatAbout, Done, 'Tells the partner that this user is typing.'),
};
const CHAT_PUSHES = {
  chat: push(ChatMessage, 'A message; sent to all devices of both parties.'),
  'chat:receipt': push(
    ChatReceipt,
    'Delivery and read receipt of a party; sent to all devices of both parties.',
  ),
  'chat:typing': push(ChatTyping, 'The partner is typing.'),
};

const FEED_RESUME = request(
  FeedResume,
  FeedPart,
  'Returns the entries of the feed after one; null begins with the next entry.',
);
const NOTICE = keptPush(
  Notice,
  'A message from dispatch, or notice to a driver that dispatch took it `offline`.',
);
const ETA = push(TripEta, 'Every five seconds while the driver is on the way.');
const PRESENCE = push(TripPresence, 'Whether the partner of an open trip is connected; sent on each change.');
const POSITION = push(
  DriverPosition,
  'Each accepted fix of a followed driver, at once; of those that are over two seconds old, only the newest.',
);
const STALE = push(
  Stale,
  'The gateway receives no messages, so what is shown may be old, until `resync`; also on a new connection meanwhile.',
);
const SERVICE = push(
  ServiceState,
  'Positions stopped arriving on time, or arrive again; also on a new connection while they do not.',
);
const GONE = push(DriverGone, 'A followed driver went `offline` or fell `silent`.');

/**
 * Wire protocol: each namespace with the roles that may connect, the requests with their answers, and the pushes. The
 * handlers of the gateway, `Hub.emit`, the sdk, the test client, the tables of `docs/protocol.md` and the AsyncAPI document
 * are derived from it; the sdk uses only its types.
 */
export const WIRE = {
  '/driver': {
    roles: ['driver'],
    doc: 'Driver apps: they send fixes and their status, and receive offers, trips and the update interval.',
    requests: {
      ...COMMON_REQUESTS,
      fixes: {
        ...request(
          z.array(Fix).min(1).max(MAX_FIXES_PER_BATCH),
          FixesAnswer,
          'Reports up to 100 fixes; answered once they are stored in Redis. May be sent without an acknowledgement function; then only failures are answered, with `refused`.',
        ),
        mustAck: false,
      },
      status: request(
        Status,
        Done,
        'Sets the status of the driver. During a trip the driver stays busy; the status applies after the trip.',
      ),
      'feed:resume': FEED_RESUME,
      ...CHAT_REQUESTS,
    },
    pushes: {
      ...COMMON_PUSHES,
      sampling: push(Sampling, 'New update interval.'),
      'device:replaced': push(
        DeviceReplaced,
        'Another device of this driver went online and is followed from now on; see [devices](#devices).',
      ),
      offer: keptPush(OfferedTrip, 'A trip that is offered to the driver.'),
      'offer:over': keptPush(OfferOver, 'An offer needs no answer any more, with the reason.'),
      trip: keptPush(
        Trip,
        'A trip of this driver, after each change; also its open trip on each new connection.',
      ),
      notice: NOTICE,
      eta: ETA,
      presence: PRESENCE,
      ...CHAT_PUSHES,
    },
  },
  '/rider': {
    roles: ['rider'],
    doc: 'Rider apps: they watch the cars near a pin, then a trip and its driver.',
    requests: {
      ...COMMON_REQUESTS,
      'nearby:watch': request(
        NearbyWatch,
        NearbyView,
        'Watches the available cars near a pin, instead of the previous pin; see [a viewport](#a-viewport).',
      ),
      'nearby:unwatch': request(Nothing, Done, 'Stops watching the cars near a pin.'),
      'trip:watch': request(
        TripWatch,
        WatchedTrip,
        'Follows an open trip of the rider and its driver. `position` and `presence` are null until they are known.',
      ),
      'feed:resume': FEED_RESUME,
      ...CHAT_REQUESTS,
    },
    pushes: {
      ...COMMON_PUSHES,
      stale: STALE,
      service: SERVICE,
      cars: push(Frame, 'Available cars that moved or left one cell, at most once per tick.'),
      position: POSITION,
      gone: GONE,
      trip: keptPush(Trip, 'A trip of this rider, after each change.'),
      notice: NOTICE,
      eta: ETA,
      presence: PRESENCE,
      ...CHAT_PUSHES,
    },
  },
  '/dispatch': {
    roles: ['dispatcher', 'service'],
    doc: 'Dispatchers and services: they watch the fleet by viewport, single drivers, all trips, and regions.',
    requests: {
      ...COMMON_REQUESTS,
      'fleet:watch': request(
        FleetWatch,
        FleetView,
        'Watches the vehicles of a viewport, instead of the previous one; see [a viewport](#a-viewport).',
      ),
      'fleet:unwatch': request(Nothing, Done, 'Stops watching a viewport.'),
      'driver:watch': request(
        DriverWatch,
        z.object({ position: DriverPosition.nullable() }),
        'Follows one driver, in addition to others.',
      ),
      'driver:unwatch': request(DriverWatch, Done, 'Stops following one driver.'),
      'trips:watch': request(
        Nothing,
        z.object({ trips: z.array(Trip) }),
        'Follows all trips; returns the open ones, at most a thousand.',
      ),
      'trips:unwatch': request(Nothing, Done, 'Stops following trips.'),
      'region:watch': request(
        RegionWatch,
        FeedPart,
        'Follows the events of a region; returns the entries of its feed after one.',
      ),
      'region:unwatch': request(RegionUnwatch, Done, 'Stops following a region.'),
      'chat:history': {
        ...CHAT_HISTORY,
        doc: `${CHAT_HISTORY.doc} Needs [support access](#support-access).`,
      },
    },
    pushes: {
      ...COMMON_PUSHES,
      stale: STALE,
      service: SERVICE,
      fleet: push(Frame, 'Vehicles that moved or left one cell, at most once per tick.'),
      counts: push(
        z.object({ counts: z.array(CellCount) }),
        'Every two seconds instead of frames, for a viewport with too many vehicles.',
      ),
      position: POSITION,
      gone: GONE,
      trip: push(Trip, 'Any trip after each change, while `trips:watch` is active.'),
      incident: keptPush(Incident, 'An incident was reported in a region, with `POST /api/incidents`.'),
      alert: keptPush(
        RegionAlert,
        'The driver of an open trip fell silent, no driver accepted a trip, or a driver uses two devices.',
      ),
      surge: keptPush(
        Surge,
        '20 trips were requested in a region within five minutes; sent again at 40, 80 and so on.',
      ),
    },
  },
} satisfies Record<Namespace, Part>;

type Request = { payload: z.ZodType; answer: z.ZodType<object>; doc: string; mustAck: boolean };
type Push = { payload: z.ZodType<object>; doc: string; kept: boolean };
type Part = {
  roles: Role[];
  doc: string;
  requests: Record<string, Request>;
  pushes: Record<string, Push>;
};

/** Returns one namespace of {@link WIRE}, for code that handles every namespace. */
export const partOf = (namespace: Namespace): Part => WIRE[namespace];
