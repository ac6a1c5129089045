import type { z } from 'zod';
import type { ChatMessage, ChatPage, ChatReceipt, ChatTyping } from './chat.js';
import { ChatAbout, ChatHistory, ChatMark, ChatSend } from './chat-schemas.js';
import type { Failure } from './codes.js';
import { type FeedPart, FeedResume } from './feed.js';
import type { Rejection } from './fix.js';
import type { CellCount, DriverGone, DriverPosition, FleetView, Frame, NearbyView } from './fleet.js';
import type { Notice } from './notices.js';
import type { PartnerPresence } from './presence.js';
import { type Incident, RegionUnwatch, RegionWatch, type Surge, type Trouble } from './regions.js';
import type { Role } from './roles.js';
import type { Sampling } from './sampling.js';
import {
  DriverWatch,
  type Fix,
  FleetWatch,
  NearbyWatch,
  Nothing,
  Status,
  TokenRenewal,
  TripWatch,
} from './schemas.js';
import type { OfferedTrip, OfferOver, Trip, TripEta } from './trips.js';

export type {
  CellCount,
  DriverGone,
  DriverPosition,
  FleetView,
  Frame,
  NearbyView,
  PlacedVehicle,
  Vehicle,
} from './fleet.js';
export { ROLES, type Role } from './roles.js';
export type { WatchedTrip } from './trip-schemas.js';

export type Answer<T extends object = object> = ({ ok: true } & T) | ({ ok: false } & Failure);
type Ack<T extends object = object> = (answer: Answer<T>) => void;

/** Told to a socket once, right after it connected. */
export type Hello = {
  /** the gateway that holds it */
  node: string;
  /** time of the server, epoch ms */
  now: number;
  /** when the token that it accepted expires, epoch ms */
  expiresAt: number;
};

/** In every namespace: a new token for a connection, which then lasts as long as that. */
export type CommonRequests = {
  token: (renewal: TokenRenewal, ack: Ack<{ expiresAt: number }>) => void;
};

/** Pushed in every namespace. `refused` answers a request that came without an acknowledgement function. */
type CommonPushes = {
  hello: (hello: Hello) => void;
  refused: (failure: Failure & { event: string }) => void;
};

/** The chat of a trip, for its rider and its driver. */
type ChatRequests = {
  'chat:send': (message: ChatSend, ack: Ack<{ message: ChatMessage }>) => void;
  'chat:history': (page: z.input<typeof ChatHistory>, ack: Ack<ChatPage>) => void;
  'chat:delivered': (mark: ChatMark, ack: Ack<{ unread: number }>) => void;
  'chat:read': (mark: ChatMark, ack: Ack<{ unread: number }>) => void;
  'chat:typing': (about: ChatAbout, ack: Ack) => void;
};
type ChatPushes = {
  chat: (message: ChatMessage) => void;
  'chat:receipt': (receipt: ChatReceipt) => void;
  'chat:typing': (typing: ChatTyping) => void;
};

export type DriverRequests = CommonRequests &
  ChatRequests & {
    fixes: (fixes: Fix[], ack: Ack<{ accepted: number; rejected: Rejection[] }>) => void;
    status: (status: Status, ack: Ack) => void;
    'feed:resume': (resume: FeedResume, ack: Ack<FeedPart>) => void;
  };
export type DriverPushes = CommonPushes &
  ChatPushes & {
    sampling: (sampling: Sampling) => void;
    offer: (offer: OfferedTrip) => void;
    'offer:over': (over: OfferOver) => void;
    notice: (notice: Notice) => void;
    trip: (trip: Trip) => void;
    eta: (eta: TripEta) => void;
    presence: (presence: PartnerPresence) => void;
  };

export type RiderRequests = CommonRequests &
  ChatRequests & {
    'nearby:watch': (area: NearbyWatch, ack: Ack<NearbyView>) => void;
    'nearby:unwatch': (nothing: unknown, ack: Ack) => void;
    'feed:resume': (resume: FeedResume, ack: Ack<FeedPart>) => void;
    'trip:watch': (watch: TripWatch, ack: Ack<{ trip: Trip; position: DriverPosition | null }>) => void;
  };
export type RiderPushes = CommonPushes &
  ChatPushes & {
    cars: (frame: Frame) => void;
    position: (position: DriverPosition) => void;
    gone: (gone: DriverGone) => void;
    notice: (notice: Notice) => void;
    trip: (trip: Trip) => void;
    eta: (eta: TripEta) => void;
  };

export type DispatchRequests = CommonRequests &
  Pick<ChatRequests, 'chat:history'> & {
    'fleet:watch': (area: FleetWatch, ack: Ack<FleetView>) => void;
    'fleet:unwatch': (nothing: unknown, ack: Ack) => void;
    'driver:watch': (watch: DriverWatch, ack: Ack<{ position: DriverPosition | null }>) => void;
    'driver:unwatch': (watch: DriverWatch, ack: Ack) => void;
    'trips:watch': (nothing: unknown, ack: Ack<{ trips: Trip[] }>) => void;
    'trips:unwatch': (nothing: unknown, ack: Ack) => void;
    'region:watch': (watch: RegionWatch, ack: Ack<FeedPart>) => void;
    'region:unwatch': (watch: RegionUnwatch, ack: Ack) => void;
  };
export type DispatchPushes = CommonPushes & {
  fleet: (frame: Frame) => void;
  counts: (view: { counts: CellCount[] }) => void;
  incident: (incident: Incident, id: string) => void;
  trouble: (trouble: Trouble, id: string) => void;
  surge: (surge: Surge, id: string) => void;
  trip: (trip: Trip) => void;
  position: (position: DriverPosition) => void;
  gone: (gone: DriverGone) => void;
};

const COMMON_REQUESTS = { token: TokenRenewal } as const;

const CHAT_REQUESTS = {
  'chat:send': ChatSend,
  'chat:history': ChatHistory,
  'chat:delivered': ChatMark,
  'chat:read': ChatMark,
  'chat:typing': ChatAbout,
} as const;

/** The namespaces: who may connect, and the schema of each request's payload. Both ends are typed from here. */
export const NAMESPACES = {
  '/driver': {
    roles: ['driver'],
    requests: {
      ...COMMON_REQUESTS,
      ...CHAT_REQUESTS,
      fixes: Nothing,
      status: Status,
      'feed:resume': FeedResume,
    },
  },
  '/rider': {
    roles: ['rider'],
    requests: {
      ...COMMON_REQUESTS,
      'nearby:watch': NearbyWatch,
      'nearby:unwatch': Nothing,
      'trip:watch': TripWatch,
      'feed:resume': FeedResume,
      ...CHAT_REQUESTS,
    },
  },
  '/dispatch': {
    roles: ['dispatcher', 'service'],
    requests: {
      ...COMMON_REQUESTS,
      'fleet:watch': FleetWatch,
      'fleet:unwatch': Nothing,
      'driver:watch': DriverWatch,
      'driver:unwatch': DriverWatch,
      'trips:watch': Nothing,
      'trips:unwatch': Nothing,
      'region:watch': RegionWatch,
      'region:unwatch': RegionUnwatch,
      'chat:history': ChatHistory,
    },
  },
} as const satisfies Record<string, { roles: readonly Role[]; requests: Record<string, z.ZodType> }>;

/** What one connects to, by role. */
export type Namespace = keyof typeof NAMESPACES;
