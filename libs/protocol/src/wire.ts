import { z } from 'zod';
import { AlertReach, AreaAlert, RegionalAlert, RegionalWithdrawal, WithdrawnAlert } from './alerts.js';
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
import { CarFrame, CellCount, DriverGone, DriverPosition, FleetView, Frame, NearbyView } from './fleet.js';
import { AlertMarking, FleetAlerts } from './fleet-alerts.js';
import { FleetPage, FleetSearch, TripPage, TripSearch } from './fleet-search.js';
import {
  Acked,
  DeviceReplaced,
  DriverStatus,
  Hello,
  Leaving,
  Refused,
  ServiceState,
  ServiceTime,
  Stale,
} from './hello.js';
import type { Namespace } from './namespaces.js';
import { Notice } from './notices.js';
import { TripPresence } from './presence.js';
import { Incident, RegionAlert, RegionUnwatch, RegionWatch, Surge, ZoneCrossing } from './regions.js';
import type { Role } from './roles.js';
import { Sampling } from './sampling-schema.js';
import { DriverWatch, FleetWatch, NearbyWatch, Nothing, Status, TokenRenewal, TripWatch } from './schemas.js';
import { OfferedTrip, OfferOver, Trip, TripEta, WatchedTrip } from './trip-schemas.js';
import { VersionInfo } from './zone.js';
import {
  OpenedDraft,
  ZonesAwareness,
  ZonesHead,
  ZonesOpen,
  ZonesRegion,
  ZonesUpdate,
  ZonesUpdated,
} from './zone-draft.js';
import { QueueUpdate } from './zone-effects.js';

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
    'Renews the token of the connection, for the same user, role and limits; the connection lasts until the new one expires.',
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
  'chat:typing': request(ChatAbout, Done, 'Notifies the partner that this user is typing.'),
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
const AREA_ALERT = push(
  AreaAlert,
  'An alert to everybody in an area where this user is; also on a later connection, until it expires. See [alerts](#alerts-to-an-area).',
);
const AREA_WITHDRAWN = push(
  WithdrawnAlert,
  'An alert was withdrawn: apps no longer show it. Also on a later connection, until the alert would have expired.',
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
      'fixes:count': request(
        Nothing,
        z.object({ number: z.number() }),
        'With [counted acks](#counted-acks): returns the number up to which batches are stored, once those sent before it are stored or refused.',
      ),
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
      acked: push(
        Acked,
        'With [counted acks](#counted-acks): all batches of the run up to `number` are stored; `rejected` is about that batch.',
      ),
      'device:replaced': push(
        DeviceReplaced,
        'Another device of this driver went online and is followed from now on; see [devices](#devices).',
      ),
      'status:changed': push(
        DriverStatus,
        'The status of the driver, to all its devices: on each connection and after each change. `deviceId` is the device that is followed.',
      ),
      queue: push(
        QueueUpdate,
        'The place in the queue of a zone has changed; null: the driver waits in none.',
      ),
      offer: keptPush(OfferedTrip, 'A trip that is offered to the driver.'),
      'offer:over': keptPush(OfferOver, 'An offer needs no answer any more, with the reason.'),
      trip: keptPush(
        Trip,
        'A trip of this driver, after each change; also its open trip on each new connection.',
      ),
      notice: NOTICE,
      'area:alert': AREA_ALERT,
      'area:withdrawn': AREA_WITHDRAWN,
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
        'Watches the nearest available cars around a pin, instead of the previous pin; see [a viewport](#a-viewport).',
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
      cars: push(
        CarFrame,
        'Cars among the nearest ones that moved in one cell or left it, every five seconds; see [cars nearby](privacy.md#cars-nearby).',
      ),
      position: POSITION,
      gone: GONE,
      trip: keptPush(Trip, 'A trip of this rider, after each change.'),
      notice: NOTICE,
      'area:alert': AREA_ALERT,
      'area:withdrawn': AREA_WITHDRAWN,
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
      'fleet:search': request(
        FleetSearch,
        FleetPage,
        'Searches and lists the whole fleet, also vehicles that left within the last day; see [search](#search).',
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
      'trips:history': request(
        TripSearch,
        TripPage,
        'Returns trips that have ended, the last one first; see [search](#search).',
      ),
      'region:watch': request(
        RegionWatch,
        FeedPart,
        'Follows the events of a region; returns the entries of its feed after one.',
      ),
      'region:unwatch': request(RegionUnwatch, Done, 'Stops following a region.'),
      'alerts:watch': request(
        Nothing,
        FleetAlerts,
        'Follows the alerts of the whole fleet, or of the fleet and regions of the token; see [alerts of the fleet](#alerts-of-the-fleet).',
      ),
      'alerts:unwatch': request(Nothing, Done, 'Stops following the alerts of the fleet.'),
      'alerts:mark': request(
        AlertMarking,
        FleetAlerts,
        'Dismisses alerts, takes them, or opens them again, for all dispatchers; returns all alerts.',
      ),
      'crossings:watch': request(
        RegionWatch,
        FeedPart,
        'Follows the crossings of zones in a region; returns the entries of their feed after one.',
      ),
      'crossings:unwatch': request(
        RegionUnwatch,
        Done,
        'Stops following the crossings of zones in a region.',
      ),
      'zones:open': request(
        ZonesOpen,
        OpenedDraft,
        'Opens the draft of the zones of a region, and opens it again after a gap; see [zones](#zones). Its updates follow.',
      ),
      'zones:update': request(
        ZonesUpdate,
        z.object({ number: z.number(), at: z.number() }),
        'Sends an edit of an open draft, an update of Yjs; answered once Redis has it.',
      ),
      'zones:awareness': request(
        ZonesAwareness,
        Done,
        'Sends the cursor and the selection of this editor, an awareness update of y-protocols with one state; never stored.',
      ),
      'zones:close': request(ZonesRegion, Done, 'Closes the draft of a region.'),
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
        'The driver of an open trip fell silent, no driver accepted a trip, a driver uses two devices, or a zone asks for it.',
      ),
      alerts: push(
        FleetAlerts,
        'The alerts that `alerts:watch` follows, whenever they change, within two seconds.',
      ),
      'zone:entered': keptPush(ZoneCrossing, 'A vehicle entered a published zone of a region.'),
      'zone:left': keptPush(
        ZoneCrossing,
        'A vehicle left a zone of a region, or the zone changed and no longer contains it.',
      ),
      'zone:dwelled': keptPush(
        ZoneCrossing,
        'A vehicle has been in an `alert` zone for as long as its rule says; once per stay.',
      ),
      'zones:update': push(
        ZonesUpdated,
        'An edit of an open draft by another socket; `number` shows whether one is missing.',
      ),
      'zones:head': push(
        ZonesHead,
        'Number of the newest update of an open draft, at most every two seconds.',
      ),
      'zones:awareness': push(
        ZonesAwareness,
        'Cursor and selection of another editor, an awareness update of y-protocols.',
      ),
      'zones:joined': push(
        ZonesRegion,
        'Another editor opened the draft: send the own cursor and selection once more.',
      ),
      'zones:published': push(
        VersionInfo,
        'A version of the zones of an open draft, or of a watched region, was published.',
      ),
      surge: keptPush(
        Surge,
        '20 trips were requested in a region within five minutes; sent again at 40, 80 and so on.',
      ),
      'area:alert': keptPush(
        RegionalAlert,
        'An alert was sent to an area that touches a watched region; see [alerts](#alerts-to-an-area).',
      ),
      'area:withdrawn': keptPush(
        RegionalWithdrawal,
        'An alert to an area that touches a watched region was withdrawn.',
      ),
      'area:reached': push(AlertReach, 'How many users an alert has reached, whenever that changes.'),
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
